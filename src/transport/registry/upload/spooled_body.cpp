#include "transport/registry/upload/spooled_body.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace imgcrypt {
namespace {

const std::string kWhat = "a temporary file";

Fd open_unnamed(const std::filesystem::path& directory) {
  Fd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.is_open() || (errno != EOPNOTSUPP && errno != EISDIR)) {
    if (!file.is_open()) throw errno_error(kWhat + " in " + directory.string());
    return file;
  }
  std::string name = directory / "imgcrypt-XXXXXX";
  file = Fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!file.is_open()) throw errno_error(kWhat + " in " + directory.string());
  ::unlink(name.c_str());
  return file;
}

}  // namespace

SpooledBody::SpooledBody(const std::filesystem::path& directory, UploadWindow& window)
    : file_(open_unnamed(directory)) {
  PassingBody rest(window);
  Bytes piece(kChunkSize);
  while (const std::size_t size = rest.read(piece)) {
    write_all(file_.get(), ByteView(piece).first(size), kWhat + " in " + directory.string());
    size_ += size;
  }
}

std::size_t SpooledBody::read(MutableByteView room) {
  if (read_ == size_) return 0;
  const std::size_t size = read_some_at(file_.get(), room, read_, kWhat);
  read_ += size;
  return size;
}

}  // namespace imgcrypt
