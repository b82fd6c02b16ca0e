#include "node/examine/program_safety.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

// Of a file or a directory; empty if nobody else can change it.
std::string danger_of(const fs::path& path, const std::string& name) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return {};
  if (status.st_uid != 0 && status.st_uid != ::geteuid())
    return name + " belongs to user " + std::to_string(status.st_uid);
  // Debian gives /usr/local/bin to the group staff. In a sticky directory others cannot replace a file.
  const mode_t others = S_ISDIR(status.st_mode) ? S_IWOTH : S_IWGRP | S_IWOTH;
  const bool is_sticky = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
  if ((status.st_mode & others) == 0 || is_sticky) return {};
  return "others can write " + name;
}

}  // namespace

std::string danger_of_program(const std::string& path) {
  std::error_code failure;
  const fs::path file = fs::canonical(path, failure);
  if (failure) return {};
  if (std::string danger = danger_of(file, "it"); !danger.empty()) return danger;
  for (fs::path at = file.parent_path();; at = at.parent_path()) {
    if (std::string danger = danger_of(at, "its directory " + at.string()); !danger.empty()) return danger;
    if (at == at.parent_path()) return {};
  }
}

}  // namespace imgcrypt
