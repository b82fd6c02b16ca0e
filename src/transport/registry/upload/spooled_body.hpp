// The rest of a blob in a file that has no name and that only we can read, for a registry that wants the
// digest before the first byte. Belongs to one thread.
#pragma once

#include "base/process/fd.hpp"
#include "transport/registry/upload/upload_window.hpp"

#include <filesystem>

namespace imgcrypt {

class SpooledBody final : public RequestBody {
 public:
  // Writes all that the window still gives, acknowledging it; the window must outlive it. Throws kOther when
  // the file cannot be written, and what the content throws.
  SpooledBody(const std::filesystem::path& directory, UploadWindow& window);
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  void rewind() override { read_ = 0; }
  [[nodiscard]] std::size_t read(MutableByteView room) override;

 private:
  UploadWindow& window_;
  Fd file_;
  std::uint64_t size_ = 0;
  std::uint64_t read_ = 0;
};

}  // namespace imgcrypt
