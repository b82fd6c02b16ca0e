#include "transport/files/unnamed_file.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>

namespace imgcrypt {
namespace {

Error spool_error(const Error& error, const std::filesystem::path& directory) {
  if (error.code() == ErrorCode::kCancelled) return error;
  return {ErrorCode::kOther, "temporary files in " + directory.string() + ": " + error.message(),
          "free some space there, or choose another directory with --tmpdir"};
}

}  // namespace

Fd create_unnamed_file(const std::filesystem::path& directory) {
  Fd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600));
  if (file.is_open()) return file;
  // Network file systems have no unnamed files. mkostemp's are 0600 from the beginning.
  std::string path = directory / "imgcrypt-XXXXXX";
  file = Fd(::mkostemp(path.data(), O_CLOEXEC));
  if (!file.is_open()) {
    const int reason = errno;
    const Error error = spool_error(errno_error("create a temporary file", reason), directory);
    if (reason == ENOSPC || reason == EDQUOT) throw Error(error);
    throw Error(error.code(), error.message(),
                "choose a directory that you can make files in, with --tmpdir or TMPDIR");
  }
  ::unlink(path.c_str());
  return file;
}

void write_unnamed(const Fd& file, ByteView bytes, const std::filesystem::path& directory,
                   std::uint64_t more) {
  try {
    write_file(file.get(), bytes, "write", more);
  } catch (const Error& error) {
    throw spool_error(error, directory);
  }
}

void require_room(const Fd& file, std::uint64_t bytes, const std::filesystem::path& directory) {
  constexpr std::uint64_t kMostReserve = std::uint64_t{64} * 1024 * 1024;
  constexpr std::uint64_t kShare = 100;
  struct statvfs system = {};
  if (::fstatvfs(file.get(), &system) != 0 || system.f_blocks == 0) return;  // then writing shows it
  const std::uint64_t reserve =
      std::min<std::uint64_t>(system.f_blocks * system.f_frsize / kShare, kMostReserve);
  const std::uint64_t free = system.f_bavail * system.f_frsize;
  if (free >= reserve && free - reserve >= bytes) return;
  throw spool_error(Error(ErrorCode::kOther, std::to_string(bytes) + " more bytes are needed, and " +
                                                 std::to_string(reserve) + " must stay free; " +
                                                 std::to_string(free) + " are available"),
                    directory);
}

}  // namespace imgcrypt
