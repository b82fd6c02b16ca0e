#include "transport/registry/upload/spooled_body.hpp"

#include "transport/files/unnamed_file.hpp"

namespace imgcrypt {

SpooledBody::SpooledBody(const std::filesystem::path& directory, UploadWindow& window)
    : window_(window), file_(create_unnamed_file(directory)) {
  require_room(file_, window.size(), directory);
  Bytes piece(kChunkSize);
  while (window.acknowledged() < window.size()) {
    const std::size_t size = window.copy(window.acknowledged(), piece);
    window.acknowledge(window.acknowledged() + size);
    write_unnamed(file_, ByteView(piece).first(size), directory, window.size() - window.acknowledged());
    size_ += size;
  }
}

std::size_t SpooledBody::read(MutableByteView room) {
  if (read_ == size_) return 0;
  window_.tell_sent(read_);
  const std::size_t size = read_some_at(file_.get(), room, read_, "a temporary file");
  read_ += size;
  return size;
}

}  // namespace imgcrypt
