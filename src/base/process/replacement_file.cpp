#include "base/process/replacement_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace imgcrypt {

ReplacementFile::ReplacementFile(const std::filesystem::path& target)
    : target_(target.string()),
      name_((target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string()),
      file_(::mkostemp(name_.data(), O_CLOEXEC)) {
  if (!file_.is_open()) throw errno_error("create a file in " + target.parent_path().string());
}

ReplacementFile::~ReplacementFile() {
  if (!is_renamed_) ::unlink(name_.c_str());
}

void ReplacementFile::replace() {
  if (::fsync(file_.get()) != 0) throw errno_error("fsync " + name_);
  if (::rename(name_.c_str(), target_.c_str()) != 0) throw errno_error("replace " + target_);
  is_renamed_ = true;
}

}  // namespace imgcrypt
