#include "node/daemons/containerd_version.hpp"

#include "base/process/child_process.hpp"

#include <imgcrypt/error.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>

namespace imgcrypt {
namespace {

constexpr std::chrono::seconds kMostTime{10};

// A number at the beginning of the text, which is taken off it.
std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool is_trusted(uid_t user) { return user == 0 || user == ::geteuid(); }

// Why the program had better not be started; empty if nothing speaks against it.
std::string danger_of(const RunningContainerd& containerd, const std::string& program) {
  if (!containerd.shares_our_mounts) return "it runs in another mount namespace";
  if (!is_trusted(containerd.user)) return "it runs as user " + std::to_string(containerd.user);
  struct stat status = {};
  if (::stat(program.c_str(), &status) != 0) return "its program cannot be looked at";
  if (!is_trusted(status.st_uid)) return "its program belongs to user " + std::to_string(status.st_uid);
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) return "others can replace its program";
  return {};
}

}  // namespace

std::optional<ContainerdVersion> parse_containerd_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  const auto major = take_number(text);
  if (!major || !text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  const auto minor = take_number(text);
  if (!minor || text.find_first_of(" \t\n") != std::string_view::npos) return std::nullopt;
  if (!text.empty() && std::string_view(".+-~").find(text.front()) == std::string_view::npos)
    return std::nullopt;
  return ContainerdVersion{*major, *minor};
}

std::optional<ContainerdVersion> ask_version(const RunningContainerd& containerd) {
  const std::string name = "process " + std::to_string(containerd.pid) + " (" + containerd.program + ")";
  // The very file that runs, also after its name was given to another.
  const std::string program = "/proc/" + std::to_string(containerd.pid) + "/exe";
  const std::string danger = danger_of(containerd, program);
  if (!danger.empty()) throw Error(ErrorCode::kRefused, name + " is not asked for its version: " + danger);
  DeathWatch watch;
  ProgramLimits limits;
  limits.time = kMostTime;
  const SecretBytes printed = ChildProcess({program, {"--version"}}, limits, watch).finish({});
  // containerd MODULE VERSION [COMMIT]
  std::string_view line = as_text(printed.expose());
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find_first_of(" \n", at), line.size());
    if (const auto version = parse_containerd_version(line.substr(at, end - at))) return version;
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace imgcrypt
