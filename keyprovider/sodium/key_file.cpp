#include "keyprovider/sodium/key_file.hpp"

#include "base/encoding.hpp"
#include "base/fd.hpp"

#include <sodium.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace imgcrypt::keyprovider::sodium {
namespace {

constexpr std::size_t kMostKeyFileBytes = 4 * 1024;

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

// What was meant for a file name may be a key itself, which no message may show.
void refuse_secret_text(const std::string& argument) {
  if (argument.find(kSecretPrefix) == std::string::npos) return;
  throw Error(ErrorCode::kUsage, "the text of a secret key was given",
              "every user of this machine can see arguments: keep the key in a file and name that");
}

template <typename Key>
Key read_key(const std::string& file) {
  const SecretBytes content = read_secret_file(file, kMostKeyFileBytes);
  try {
    return Key::parse(without_line_end(as_text(content.expose())));
  } catch (const Error& error) {
    throw error.in(file);
  }
}

void sync_directory_of(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  const Fd directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() || ::fsync(directory.get()) != 0) throw errno_error(folder);
}

// Written whole under a name of its own beside `target`, then published; gone if it never was.
class NewFile {
 public:
  NewFile(std::string target, ByteView line, mode_t mode) : target_(std::move(target)) {
    std::array<std::uint8_t, 8> suffix{};
    randombytes_buf(suffix.data(), suffix.size());
    path_ = target_ + "." + encode_hex(suffix);
    const Fd file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!file.is_open()) throw errno_error(target_);
    try {
      write_all(file.get(), line, target_);
      write_all(file.get(), as_bytes("\n"), target_);
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
    if (if_present == IfPresent::kReplace) {
      if (::rename(path_.c_str(), target_.c_str()) != 0) throw errno_error(target_);
      path_.clear();
    } else if (::link(path_.c_str(), target_.c_str()) != 0) {
      throw errno_error(target_);
    }
  }

 private:
  std::string target_;
  std::string path_;
};

void refuse_present(const std::string& file) {
  struct stat present{};
  if (::lstat(file.c_str(), &present) == 0) {
    throw Error(ErrorCode::kRefused, file + " is there already",
                "--force replaces it; what was encrypted for it is lost then");
  }
}

}  // namespace

PublicKey read_recipient(const std::string& file_or_text) {
  refuse_secret_text(file_or_text);
  return file_or_text.starts_with(kPublicPrefix) ? PublicKey::parse(file_or_text)
                                                 : read_key<PublicKey>(file_or_text);
}

SecretKey read_secret_key(const std::string& file) {
  refuse_secret_text(file);
  return read_key<SecretKey>(file);
}

void write_key_files(const std::string& file, const SecretKey& key, IfPresent if_present) {
  const std::string public_file = file + ".pub";
  if (if_present == IfPresent::kRefuse) {
    refuse_present(file);
    refuse_present(public_file);
  }
  const SecretBytes secret_text = key.text();
  NewFile secret_half(file, secret_text.expose(), 0600);
  NewFile public_half(public_file, as_bytes(key.public_key().text()), 0644);
  if (if_present == IfPresent::kReplace && ::unlink(public_file.c_str()) != 0 && errno != ENOENT)
    throw errno_error(public_file);
  secret_half.publish(if_present);
  try {
    public_half.publish(if_present);
  } catch (const Error&) {
    if (if_present == IfPresent::kRefuse) ::unlink(file.c_str());
    throw;
  }
  sync_directory_of(file);
}

}  // namespace imgcrypt::keyprovider::sodium
