#include "keys/named_file.hpp"

#include "base/cancel.hpp"
#include "base/dead_link.hpp"
#include "base/process/fork.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace imgcrypt {
namespace {

std::string without_spaces(const std::string& text) {
  constexpr const char* kSpaces = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) + 1 - begin);
}

std::string cure_of(int reason, const std::string& path) {
  if (reason == EACCES) return "choose a file that you can read";
  if (reason != ENOENT) return {};
  const std::string hint = hint_for_missing_file(path);
  return hint.empty() ? "check the spelling" : hint;
}

}  // namespace

std::string hint_for_missing_file(const std::string& path) {
  if (path.starts_with('~'))
    return "the shell expands ~ only at the beginning of an argument: write $HOME instead";
  if (path == "-") return "for stdin write /dev/stdin";
  if (const auto link = dead_link(path)) return "it " + *link;
  const auto exists = [](const std::string& file) { return ::access(file.c_str(), F_OK) == 0; };
  if (path.starts_with("//") && exists(path.substr(2)))
    return "it is a path, not a URL: write it without the two slashes";
  if (const std::string bare = without_spaces(path); bare != path && exists(bare))
    return "there is a space at its beginning or end: did you mean \"" + bare + "\"?";
  if (path.find_first_of("*?[") != std::string::npos)
    return "the shell did not find files for this pattern: give each file with an option of its own";
  return "";
}

Error about_argument(const std::string& argument, const Error& error) {
  const bool is_other =
      error.code() == ErrorCode::kProvider || error.code() == ErrorCode::kCancelled || is_fork_failure(error);
  return {is_other ? error.code() : ErrorCode::kUsage, argument + ": " + error.message(), error.hint()};
}

Fd open_named_file(const std::string& path) {
  // The system would take what comes before it for the name.
  if (path.find('\0') != std::string::npos)
    throw Error(ErrorCode::kUsage, "a NUL byte in the name of a file");
  // O_NOCTTY: a terminal that is named as a file must not become ours.
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  const int reason = errno;
  if (!file.is_open()) {
    throw_if_cancelled();  // opening a FIFO waits for its writer
    throw Error(ErrorCode::kUsage, std::generic_category().message(reason), cure_of(reason, path));
  }
  struct stat status = {};
  if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode))
    throw Error(ErrorCode::kUsage, "it is a directory", "name a file");
  return file;
}

}  // namespace imgcrypt
