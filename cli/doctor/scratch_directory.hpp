// A directory of our own for files that must have a name, which goes with all that is in it. For one thread.
#pragma once

#include <string>

namespace imgcrypt::cli {

class ScratchDirectory {
 public:
  // In the directory for temporary files; only we can enter it. Throws kOther.
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace imgcrypt::cli
