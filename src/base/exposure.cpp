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

// Who of group and others can search all directories from the root down to `folder`: whom one on the way
// keeps out, what is below does not let in, whatever its mode.
mode_t reaching_what_is_in(std::filesystem::path folder) {
  mode_t reaching = kSearch;
  for (;; folder = folder.parent_path()) {
    if (const auto way = status_of(folder)) reaching &= way->st_mode;
    if (folder == folder.parent_path()) return reaching;
  }
}

// In a sticky directory others cannot rename or remove a file (path_resolution(7), unlink(2)).
bool can_exchange(const struct stat& folder, mode_t reaching) {
  if (is_foreign(folder.st_uid)) return reaching != 0;
  const bool is_writable = (folder.st_mode & S_IWOTH) != 0 && (folder.st_mode & S_ISVTX) == 0;
  return is_writable && (folder.st_mode & reaching & S_IXOTH) != 0;
}

}  // namespace

std::string describe_exposure(const std::string& path) {
  std::error_code failure;
  const std::filesystem::path file = std::filesystem::canonical(path, failure);
  const auto status = failure ? std::nullopt : status_of(file);
  if (!status || !S_ISREG(status->st_mode)) return {};
  const auto folder = status_of(file.parent_path());
  const mode_t reaching_folder = reaching_what_is_in(file.parent_path().parent_path());
  const mode_t reaching = reaching_folder & (folder ? folder->st_mode : kSearch);
  if (is_foreign(status->st_uid) && reaching != 0)
    return "it belongs to another user (number " + std::to_string(status->st_uid) + "), who can read it";
  if (folder && can_exchange(*folder, reaching_folder))
    return "others can replace it, as they can write to its directory (mode " + octal(folder->st_mode) + ")";
  const mode_t readers = as_search(status->st_mode & kRead, S_IROTH, S_IXOTH) & reaching;
  const mode_t writers = as_search(status->st_mode & kWrite, S_IWOTH, S_IXOTH) & reaching;
  if ((readers | writers) == 0) return {};
  return std::string("others can ") + (readers != 0 ? "read" : "change") + " it (mode " +
         octal(status->st_mode) + "): chmod 600 " + path;
}

}  // namespace imgcrypt
