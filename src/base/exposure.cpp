#include "base/exposure.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <optional>

namespace imgcrypt {
namespace {

constexpr mode_t kRead = S_IRGRP | S_IROTH;
constexpr mode_t kWrite = S_IWGRP | S_IWOTH;
constexpr mode_t kSearch = S_IXGRP | S_IXOTH;

std::optional<struct stat> status_of(const std::filesystem::path& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? std::optional(status) : std::nullopt;
}

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", mode & 07777U);
  return text.data();
}

bool is_foreign(uid_t owner) { return owner != ::geteuid() && owner != 0; }

// The rights of group and others, moved to where those to search are: who may read but not search gets
// nowhere.
mode_t as_search(mode_t rights, mode_t read, mode_t search) { return rights / read * search; }

}  // namespace

std::string describe_exposure(const std::string& path) {
  std::error_code failure;
  const std::filesystem::path file = std::filesystem::canonical(path, failure);
  const auto status = failure ? std::nullopt : status_of(file);
  if (!status || !S_ISREG(status->st_mode)) return {};
  if (is_foreign(status->st_uid))
    return "it belongs to another user (number " + std::to_string(status->st_uid) + "), who can read it";
  // Whom a directory on the way keeps out, its file's mode does not let in.
  mode_t reaching = kSearch;
  for (auto folder = file.parent_path();; folder = folder.parent_path()) {
    if (const auto way = status_of(folder)) {
      reaching &= way->st_mode;
      // In a sticky directory others cannot rename or remove it (path_resolution(7), unlink(2)).
      const bool can_replace = (way->st_mode & S_IWOTH) != 0 && (way->st_mode & S_ISVTX) == 0;
      if (folder == file.parent_path() && (can_replace || is_foreign(way->st_uid)))
        return "others can replace it, as they can write to its directory (mode " + octal(way->st_mode) + ")";
    }
    if (folder == folder.parent_path()) break;
  }
  const mode_t readers = as_search(status->st_mode & kRead, S_IROTH, S_IXOTH) & reaching;
  const mode_t writers = as_search(status->st_mode & kWrite, S_IWOTH, S_IXOTH) & reaching;
  if ((readers | writers) == 0) return {};
  return std::string("others can ") + (readers != 0 ? "read" : "change") + " it (mode " +
         octal(status->st_mode) + "): chmod 600 " + path;
}

}  // namespace imgcrypt
