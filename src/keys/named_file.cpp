#include "keys/named_file.hpp"

#include "base/cancel.hpp"
#include "base/process/fork.hpp"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

namespace imgcrypt {

std::string hint_for_missing_file(const std::string& path) {
  return path.starts_with('~')
             ? "the shell expands ~ only at the beginning of an argument: write $HOME instead"
             : "";
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
  if (file.is_open()) return file;
  const int reason = errno;
  throw_if_cancelled();  // opening a FIFO waits for its writer
  throw Error(ErrorCode::kUsage, std::generic_category().message(reason),
              reason == ENOENT ? hint_for_missing_file(path) : "");
}

}  // namespace imgcrypt
