#include "node/daemons/whole_file.hpp"

#include "base/process/fd.hpp"
#include "base/process/replacement_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

void set_owner_and_mode(int file, const fs::path& like, mode_t mode) {
  struct stat model = {};
  if (::stat(like.c_str(), &model) == 0) {
    // Who may not give files away can only replace their own.
    if ((model.st_uid != ::geteuid() || model.st_gid != ::getegid()) &&
        ::fchown(file, model.st_uid, model.st_gid) != 0)
      throw errno_error("give a file the owner of " + like.string());
    mode = model.st_mode & 07777U;
  }
  if (::fchmod(file, mode) != 0) throw errno_error("change the mode of a file beside " + like.string());
}

// fsync(2) of a file does not make its name durable; that of its directory does.
void sync_directory(const fs::path& directory) {
  const Fd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open() || ::fsync(opened.get()) != 0) throw errno_error(directory);
}

}  // namespace

void write_whole_file(const fs::path& path, ByteView content, const fs::path& like, mode_t mode) {
  std::error_code failure;
  fs::path target = fs::canonical(path, failure);
  if (failure) target = path;
  ReplacementFile replacement(target);
  write_file(replacement.fd(), content, target);
  set_owner_and_mode(replacement.fd(), like, mode);
  replacement.replace();
  sync_directory(target.parent_path());
}

void make_directories(const fs::path& directory, mode_t mode) {
  std::error_code none;
  if (directory.empty() || fs::is_directory(directory, none)) return;
  make_directories(directory.parent_path(), mode);
  if (::mkdir(directory.c_str(), mode) != 0 || ::chmod(directory.c_str(), mode) != 0)
    throw errno_error("make the directory " + directory.string());
}

}  // namespace imgcrypt
