#include "base/process/stdout_name.hpp"

#include <filesystem>
#include <system_error>

namespace imgcrypt {

std::string stdout_name() {
  std::error_code none;
  const std::string path = std::filesystem::read_symlink("/proc/self/fd/1", none).string();
  // What the program's start puts in the place of one that is closed.
  if (path == "/dev/null") return "stdout (closed)";
  return path.starts_with('/') ? "stdout (" + path + ")" : "stdout";
}

}  // namespace imgcrypt
