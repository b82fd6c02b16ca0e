#include "transport/archive/archive_reference.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace imgcrypt {
namespace {

std::string transport_of(ArchiveReference::Kind kind) {
  return kind == ArchiveReference::Kind::kDocker ? "docker-archive:" : "oci-archive:";
}

}  // namespace

ArchiveReference ArchiveReference::parse(Kind kind, std::string_view details) {
  ImageName name = ImageName::parse(transport_of(kind), details, "FILE");
  return {kind, std::move(name.path), std::move(name.tag), std::move(name.digest), name.position};
}

bool ArchiveReference::is_stdout() const {
  struct stat named = {};
  struct stat standard = {};
  if (is_stream()) return true;
  return ::stat(file.c_str(), &named) == 0 && ::fstat(STDOUT_FILENO, &standard) == 0 &&
         named.st_dev == standard.st_dev && named.st_ino == standard.st_ino;
}

ImageName ArchiveReference::name() const { return {transport_of(kind), file, tag, digest, position}; }

}  // namespace imgcrypt
