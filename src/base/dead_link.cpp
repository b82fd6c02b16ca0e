#include "base/dead_link.hpp"

#include <filesystem>
#include <system_error>

namespace imgcrypt {

std::optional<std::string> dead_link(const std::string& path) {
  std::error_code failure;
  const std::string target = std::filesystem::read_symlink(path, failure).string();
  if (failure || std::filesystem::exists(path, failure)) return std::nullopt;
  return "is a symbolic link to " + target + ", which does not exist";
}

}  // namespace imgcrypt
