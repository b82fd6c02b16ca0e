#include "streamproc/sandbox/landlock.hpp"

#include "base/process/fd.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace imgcrypt::streamproc {
namespace {

// struct landlock_ruleset_attr of version 6, which Debian 12's header does not have yet. The kernel takes a
// longer struct than its own as long as what it does not know is 0.
struct RulesetAttributes {
  std::uint64_t handled_access_fs;
  std::uint64_t handled_access_net;
  std::uint64_t scoped;
};

constexpr std::uint64_t kReading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kTcp = 3;             // LANDLOCK_ACCESS_NET_BIND_TCP and _CONNECT_TCP
constexpr std::uint64_t kAbstractSocket = 1;  // LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET

// What is handled is refused unless a rule allows it. A kernel refuses rights that it does not know.
RulesetAttributes all_rights(int version) {
  // Version 1 has 13 rights for files, 2 adds renaming, 3 truncating, 5 ioctl on devices.
  const int files = version >= 5 ? 16 : std::min(12 + version, 15);
  return {(std::uint64_t{1} << static_cast<unsigned>(files)) - 1, version >= 4 ? kTcp : 0,
          version >= 6 ? kAbstractSocket : 0};
}

void allow_reading(const Fd& ruleset, const std::string& path) {
  const Fd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  // It would lock us out of what is there.
  if (!directory.is_open() && errno != ENOENT && errno != ENOTDIR)
    throw errno_error("Landlock: open " + path);
  if (!directory.is_open()) return;
  const landlock_path_beneath_attr rule = {.allowed_access = kReading, .parent_fd = directory.get()};
  if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    throw errno_error("Landlock: allow reading below " + path);
}

}  // namespace

int landlock_version() noexcept {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return static_cast<int>(std::max(version, 0L));
}

void allow_reading_only(const std::vector<std::string>& directories) {
  const RulesetAttributes attributes = all_rights(landlock_version());
  const Fd ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!ruleset.is_open()) throw errno_error("Landlock: make rules");
  for (const std::string& directory : directories) allow_reading(ruleset, directory);
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) throw errno_error("Landlock: begin");
}

}  // namespace imgcrypt::streamproc
