#include "transport/archive/archive_reference.hpp"

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

ImageName ArchiveReference::name() const { return {transport_of(kind), file, tag, digest, position}; }

}  // namespace imgcrypt
