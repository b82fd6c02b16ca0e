#include "keys/named_file.hpp"

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
  const bool is_other = error.code() == ErrorCode::kProvider || error.code() == ErrorCode::kCancelled;
  return {is_other ? error.code() : ErrorCode::kUsage, argument + ": " + error.message(), error.hint()};
}

Fd open_named_file(const std::string& path) {
  // O_NOCTTY: a terminal that is named as a file must not become ours.
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.is_open()) return file;
  const int reason = errno;
  throw Error(ErrorCode::kUsage, std::generic_category().message(reason),
              reason == ENOENT ? hint_for_missing_file(path) : "");
}

}  // namespace imgcrypt
