#include "node/daemons/key_store.hpp"

#include "base/process/fd.hpp"
#include "node/daemons/whole_file.hpp"
#include "node/key_directory.hpp"

#include <imgcrypt/error.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOfOthers = S_IRWXG | S_IRWXO;
constexpr std::size_t kMostStoredBytes = std::size_t{1} << 20U;

// Whether only its owner can read the file, and it holds just that; null: it does not exist.
bool holds(const std::string& path, const SecretBytes* content) {
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0) return content == nullptr;
  if (content == nullptr || !S_ISREG(status.st_mode) || (status.st_mode & kOfOthers) != 0) return false;
  return equal_constant_time(read_secret_file(path, kMostStoredBytes).expose(), content->expose());
}

void write_secret(const std::string& path, const SecretBytes& content) {
  // Not like the one that is there, which may be open to others, or a link to where they can write.
  if (fs::is_symlink(path) && ::unlink(path.c_str()) != 0) throw errno_error(path);
  write_whole_file(path, content.expose(), {}, 0600);
}

// Which need not exist.
void remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw errno_error("remove " + path);
}

}  // namespace

bool is_key_name(const std::string& name) {
  return !name.empty() && name.front() != '.' && name.find_first_of("/\n") == std::string::npos &&
         !name.ends_with(kPassphraseSuffix);
}

StoreChange prepare_key_directory(const std::string& directory) {
  struct stat status = {};
  if (::stat(directory.c_str(), &status) != 0) {
    make_directories(fs::path(directory).parent_path(), 0755);
    make_directories(directory, 0700);
    return StoreChange::kWritten;
  }
  if (!S_ISDIR(status.st_mode)) throw Error(ErrorCode::kRefused, directory + " is not a directory");
  if (status.st_uid != 0 && status.st_uid != ::geteuid())
    throw Error(ErrorCode::kRefused, directory + " belongs to user " + std::to_string(status.st_uid),
                "chown root " + directory);
  if ((status.st_mode & kOfOthers) == 0) return StoreChange::kNone;
  if (::chmod(directory.c_str(), status.st_mode & 07777U & ~kOfOthers) != 0) throw errno_error(directory);
  return StoreChange::kReplaced;
}

StoreChange planned_change(const std::string& directory, const StoredKey& key, IfStored if_stored) {
  const std::string& name = key.name;
  if (!is_key_name(name))
    throw Error(ErrorCode::kUsage, "a key in a key directory cannot be called " + name, "rename the file");
  const std::string path = directory + "/" + name;
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0) return StoreChange::kWritten;
  if (holds(path, &key.content) &&
      holds(path + kPassphraseSuffix, key.passphrase ? &*key.passphrase : nullptr))
    return StoreChange::kNone;
  if (if_stored == IfStored::kReplace) return StoreChange::kReplaced;
  throw Error(ErrorCode::kRefused, path + " exists already", "give the file another name, or say --force");
}

StoreChange store_key(const std::string& directory, const StoredKey& key, IfStored if_stored) {
  const StoreChange change = planned_change(directory, key, if_stored);
  if (change == StoreChange::kNone) return change;
  const std::string path = directory + "/" + key.name;
  const std::string pass_path = path + kPassphraseSuffix;
  // The passphrase first: the decoder may look at any moment, and a key without it is of no use.
  if (key.passphrase) {
    write_secret(pass_path, *key.passphrase);
  } else {
    remove_file(pass_path);
  }
  write_secret(path, key.content);
  return change;
}

void remove_key(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  remove_file(path);
  remove_file(path + kPassphraseSuffix);
}

void remove_empty_key_directory(const std::string& directory) {
  if (::rmdir(directory.c_str()) == 0) ::rmdir(directory.substr(0, directory.rfind('/')).c_str());
}

}  // namespace imgcrypt
