#include "keys/key_pair_files.hpp"

#include "base/process/fd.hpp"
#include "base/text/encoding.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace imgcrypt {
namespace {

constexpr const char* kPublicSuffix = ".pub";

// fsync(2) of a file does not make its name durable; that of its directory does.
void sync_directory_of(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  const Fd directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() || ::fsync(directory.get()) != 0) throw errno_error(folder);
}

// From the kernel, as key providers that do without OpenSSL use this.
std::string unused_suffix() {
  std::array<std::uint8_t, 8> bytes = {};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw errno_error("getrandom");
  return "." + encode_hex(bytes);
}

// Written whole under a name of its own beside `target`, then published; gone if it never was.
class NewFile {
 public:
  NewFile(std::string target, ByteView content, mode_t mode) : target_(std::move(target)) {
    path_ = target_ + unused_suffix();
    // O_EXCL: nobody can have put a link or a file of theirs there. The mode is right from the beginning, so
    // that at no moment can others open a private key.
    const Fd file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!file.is_open()) fail_to_create();
    try {
      write_file(file.get(), content, target_);
      if (::fsync(file.get()) != 0) throw errno_error(target_);
    } catch (const Error&) {
      ::unlink(path_.c_str());
      throw;
    }
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  void publish(IfPresent if_present) {
    // link(2) fails when the target exists, even if it came after we looked; rename(2) replaces it in one
    // step.
    if (if_present == IfPresent::kReplace) {
      if (::rename(path_.c_str(), target_.c_str()) != 0) throw errno_error(target_);
      path_.clear();
    } else if (::link(path_.c_str(), target_.c_str()) != 0) {
      throw errno_error(target_);
    }
  }

 private:
  [[noreturn]] void fail_to_create() const {
    const Error error = errno_error(target_);
    const std::string hint =
        error.hint().empty() ? "choose a directory that you can make files in" : error.hint();
    if (error.code() != ErrorCode::kNotFound) throw Error(error.code(), error.message(), hint);
    // The directory is there, or went just now; /proc says the same.
    throw Error(ErrorCode::kUsage, target_ + ": no file can be made there", hint);
  }

  std::string target_;
  std::string path_;
};

}  // namespace

void check_key_pair_absent(const std::string& file) {
  for (const std::string& path : {file, file + kPublicSuffix}) {
    struct stat present{};
    if (::lstat(path.c_str(), &present) != 0) continue;
    throw Error(ErrorCode::kRefused, path + " already exists",
                "choose another name; --force replaces it, and then what was encrypted for it is lost");
  }
}

void write_key_pair(const std::string& file, ByteView private_text, ByteView public_text,
                    IfPresent if_present) {
  const std::string public_file = file + kPublicSuffix;
  if (if_present == IfPresent::kRefuse) check_key_pair_absent(file);
  // Both are whole and on the disk before either gets its name: a full disk changes nothing.
  NewFile private_half(file, private_text, 0600);
  NewFile public_half(public_file, public_text, 0644);
  // The old public key goes before the old private key does. If we die in between, nobody can encrypt for a
  // private key that is gone.
  if (if_present == IfPresent::kReplace && ::unlink(public_file.c_str()) != 0 && errno != ENOENT)
    throw errno_error(public_file);
  private_half.publish(if_present);
  try {
    public_half.publish(if_present);
  } catch (const Error&) {
    if (if_present == IfPresent::kRefuse) ::unlink(file.c_str());
    throw;
  }
  sync_directory_of(file);
}

}  // namespace imgcrypt
