#include "transport/files/new_place.hpp"

#include "base/dead_link.hpp"

#include <imgcrypt/error.hpp>

#include <linux/magic.h>
#include <sys/vfs.h>

#include <system_error>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_new(const std::string& destination, const std::string& why,
                             const std::string& hint) {
  throw Error(ErrorCode::kUsage, "destination " + destination + ": " + why, hint);
}

fs::path parent_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

}  // namespace

void require_new_place(const std::string& destination, const std::string& path) {
  std::string name = path;
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  if (const auto link = dead_link(name))
    refuse_new(destination, name + " " + *link, "remove the link, or choose another destination");
  const fs::path parent = parent_of(name);
  if (is_virtual(parent))
    refuse_new(destination, parent.string() + " is not on a file system that holds files",
               "choose another destination");
  std::error_code failure;
  if (!fs::is_directory(parent, failure)) fail_for_parent(destination);
}

bool is_virtual(const fs::path& path) {
  struct statfs status = {};
  return ::statfs(path.c_str(), &status) == 0 &&
         (status.f_type == PROC_SUPER_MAGIC || status.f_type == SYSFS_MAGIC);
}

void fail_for_parent(const std::string& destination) {
  refuse_new(destination, "the directory above it is missing",
             "create the directory above it (mkdir -p), or choose another destination");
}

}  // namespace imgcrypt
