#include "cli/doctor/scratch_directory.hpp"

#include "base/process/fd.hpp"

#include <stdlib.h>

#include <filesystem>

namespace imgcrypt::cli {

ScratchDirectory::ScratchDirectory()
    : path_((std::filesystem::temp_directory_path() / "imgcrypt-doctor.XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) throw errno_error(path_);
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace imgcrypt::cli
