#include "base/process/startable.hpp"

#include "base/process/spawn.hpp"

#include <imgcrypt/error.hpp>

#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace imgcrypt {

void check_startable(const std::string& path) {
  if (find_program(path)) return;
  const std::string start = "start " + path + ": ";
  if (path.find('/') == std::string::npos)
    throw Error(ErrorCode::kProvider, start + "there is no such program in PATH");
  std::error_code failure;
  const bool is_other =
      std::filesystem::exists(path, failure) && !std::filesystem::is_regular_file(path, failure);
  throw Error(ErrorCode::kProvider,
              start + (is_other                            ? "not a file"
                       : ::access(path.c_str(), X_OK) != 0 ? std::generic_category().message(errno)
                                                           : "cannot be started"));
}

}  // namespace imgcrypt
