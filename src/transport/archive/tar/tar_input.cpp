#include "transport/archive/tar/tar_input.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& why) {
  // libarchive's words, which are zstd's, for a window that is larger than it sets memory aside for.
  if (why.find("too much memory") != std::string::npos) {
    throw Error(ErrorCode::kRefused, what + ": " + why,
                "decompress it first: zstd -d --long=31 <" + (what == "stdin" ? std::string("FILE") : what) +
                    " | imgcrypt ... -");
  }
  throw Error(ErrorCode::kIntegrity, what + ": " + why,
              "fetch or make it again: it is damaged, or was cut off");
}

}  // namespace

void TarInput::open(struct archive* reader) {
  const LibArchive& library = LibArchive::get();
  library.set_read(reader, &TarInput::on_read);
  if (skip_) library.set_skip(reader, &TarInput::on_skip);
  library.set_data(reader, this);
  (void)library.open(reader);  // a failure comes again with the first header
}

bool TarInput::require(struct archive* reader, int status, const std::string& what) {
  if (failure_) std::rethrow_exception(failure_);
  // A warning is about a name or a time that it cannot represent.
  if (status < ARCHIVE_WARN) refuse(what, error_of(reader));
  return status != ARCHIVE_EOF;
}

// Exceptions must not pass through libarchive, which is written in C.
la_ssize_t TarInput::on_read(struct archive* reader, void* self, const void** buffer) noexcept {
  auto& input = *static_cast<TarInput*>(self);
  try {
    *buffer = input.buffer_.data();
    return static_cast<la_ssize_t>(input.read_(input.buffer_));
  } catch (...) {
    input.failure_ = std::current_exception();
    LibArchive::get().set_error(reader, ARCHIVE_FATAL, "it cannot be read");
    return ARCHIVE_FATAL;
  }
}

la_int64_t TarInput::on_skip(struct archive* /*reader*/, void* self, la_int64_t size) noexcept {
  auto& input = *static_cast<TarInput*>(self);
  return static_cast<la_int64_t>(input.skip_(static_cast<std::uint64_t>(size)));
}

}  // namespace imgcrypt
