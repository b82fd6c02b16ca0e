// A file beside the one that it is to replace, gone unless it was renamed: whoever opens the name finds the
// old content or the new one, whole. For one thread at a time.
#pragma once

#include "base/process/fd.hpp"

#include <filesystem>
#include <string>

namespace imgcrypt {

class ReplacementFile {
 public:
  // Empty, of mode 0600 and ours. Throws kOther.
  explicit ReplacementFile(const std::filesystem::path& target);
  ReplacementFile(const ReplacementFile&) = delete;
  ReplacementFile& operator=(const ReplacementFile&) = delete;
  ~ReplacementFile();

  [[nodiscard]] int fd() const noexcept { return file_.get(); }
  // Puts the content on the disk, then takes the target's place; the directory is left to be synced. Throws
  // kOther, and then has changed nothing.
  void replace();

 private:
  std::string target_;
  std::string name_;
  Fd file_;
  bool is_renamed_ = false;
};

}  // namespace imgcrypt
