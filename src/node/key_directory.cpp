#include "node/key_directory.hpp"

#include "base/exposure.hpp"
#include "keys/key_file.hpp"
#include "keys/passphrase.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "keywrap/provider_key.hpp"
#include "node/content_store.hpp"

#include <imgcrypt/error.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <mutex>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

// Each is a key to try. Somebody who mounts a whole tree by mistake gets a complaint, not an endless start.
constexpr std::size_t kMostFiles = 10'000;
constexpr std::size_t kMostExposed = 3;  // that a message names

// By parts of the path, so that /keys-old is not inside /keys. REQUIRES: both are canonical.
bool is_inside(const fs::path& path, const fs::path& directory) {
  return std::ranges::mismatch(directory, path).in1 == directory.end();
}

// The regular file that `path` is or links to inside `directory`.
std::optional<fs::path> resolve(const fs::path& path, const fs::path& directory) {
  std::error_code failure;
  // Kubernetes mounts a secret as a link into a directory ..data, which is a link too and is exchanged at
  // once.
  const fs::path target = fs::canonical(path, failure);
  if (failure || !is_inside(target, directory)) return std::nullopt;
  const bool is_file = fs::is_regular_file(target, failure);
  return is_file && !failure ? std::optional(target) : std::nullopt;
}

std::optional<SecretBytes> read_passphrase(const std::string& key_file, const fs::path& directory) {
  const auto path = resolve(key_file + kPassphraseSuffix, directory);
  return path ? std::optional(read_passphrase_file(path->string())) : std::nullopt;
}

// How it begins, which may be a secret.
SecretBytes beginning_of(const Fd& file) {
  SecretBytes head(kEnoughForProviderKey);
  head.truncate(read_some_at(file.get(), head.expose_mutable(), 0, "key file"));
  return head;
}

const OwnProvider* provider_of_size(std::size_t size) {
  for (const Scheme* scheme : schemes()) {
    for (const OwnProvider& own : scheme->own_providers) {
      if (own.private_key_size != 0 && own.private_key_size == size) return &own;
    }
  }
  return nullptr;
}

// The provider of ours that the file is a key of, and the parameter that tells it so.
std::optional<NamedProvider> provider_of_key(const std::string& path) {
  const Fd file = open_regular_file(path);
  struct stat status = {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) return std::nullopt;
  const OwnProvider* own = provider_of_size(static_cast<std::size_t>(status.st_size));
  const auto key = find_provider_key(as_text(beginning_of(file).expose()));
  if (key && key->half == KeyHalf::kPrivate) own = key->provider;
  if (own == nullptr) return std::nullopt;
  return NamedProvider{std::string(own->name), std::string(own->key_parameter) + path};
}

// A key that is read when it is first tried.
class KeyFileUnwrapper final : public KeyUnwrapper {
 public:
  KeyFileUnwrapper(std::string path, fs::path directory)
      : path_(std::move(path)), directory_(std::move(directory)) {}

  [[nodiscard]] bool reads(std::string_view annotation) const override {
    return private_keys_open(annotation);
  }

  [[nodiscard]] std::string description() const override {
    if (!key_) return path_ + " (" + failure_ + ")";
    const std::string exposure = describe_exposure(path_);
    const std::string passphrase = path_ + kPassphraseSuffix;
    const std::string of_passphrase = describe_exposure(passphrase);
    return key_->description() + (exposure.empty() ? "" : "; " + exposure) +
           (of_passphrase.empty() ? "" : "; " + passphrase + ": " + of_passphrase);
  }

  // Without having read it.
  [[nodiscard]] std::string given() const override { return path_; }
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view annotation, ByteView packet,
                                                  Attempts& attempts) const override {
    // Layers are opened side by side, with the same keys. A cancel is thrown through call_once, which then
    // counts as not done.
    std::call_once(loaded_, [&] { load(); });
    return key_ && key_->reads(annotation) ? key_->unwrap(annotation, packet, attempts) : std::nullopt;
  }

 private:
  void load() const {
    try {
      const auto passphrase = read_passphrase(path_, directory_);
      const SecretBytes file = read_key_file(path_);
      key_.emplace(path_, parse_private_key(file.expose(), passphrase ? &*passphrase : nullptr));
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      failure_ = error.message();
    }
  }

  std::string path_;
  fs::path directory_;
  mutable std::once_flag loaded_;
  mutable std::optional<PrivateKeyUnwrapper> key_;
  mutable std::string failure_ = "not tried";
};

}  // namespace

KeyDirectory::KeyDirectory(const std::string& path) : path_(path) {
  std::error_code failure;
  const fs::path root = fs::canonical(path, failure);
  root_ = root.string();
  if (failure) {
    complaint_ =
        "no keys: " + path +
        (failure == std::errc::no_such_file_or_directory ? " does not exist" : ": " + failure.message());
    return;
  }
  std::string skipped;
  // Does not follow links to directories, so a loop cannot trap it.
  for (fs::recursive_directory_iterator at(root, failure), end; at != end && !failure;
       at.increment(failure)) {
    std::error_code none;
    if (at->is_directory(none) || at->path().extension() == kPassphraseSuffix) continue;
    if (resolve(at->path(), root)) {
      files_.push_back(at->path());
    } else {
      skipped = at->path();
    }
  }
  // Directories list in any order; which key is tried first must not change from start to start.
  std::ranges::sort(files_);
  if (files_.size() > kMostFiles) {
    complaint_ = "only the first " + std::to_string(kMostFiles) + " files of " + path + " are tried";
    files_.resize(kMostFiles);
  }
  if (files_.empty()) {
    complaint_ = "no keys: " + (failure           ? path + ": " + failure.message()
                                : skipped.empty() ? path + " is empty"
                                                  : skipped + " is not a file inside " + path);
  }
  for (const std::string& file : files_) {
    auto key = provider_of_key(file);
    if (!key) continue;
    provider_parameters_[key->name].push_back(std::move(key->parameter));
    provider_files_.push_back(file);
  }
}

std::string KeyDirectory::complaint() const {
  std::string text = complaint_;
  std::size_t exposed = 0;
  for (const std::string& file : provider_files_) {
    const std::string exposure = describe_exposure(file);
    if (exposure.empty() || ++exposed > kMostExposed) continue;
    text += (text.empty() ? "" : "; ") + file + ": " + exposure;
  }
  return text;
}

std::optional<SecretBytes> KeyDirectory::passphrase_of(const std::string& file) const {
  return read_passphrase(file, root_);
}

KeyUnwrappers KeyDirectory::unwrappers() const {
  KeyUnwrappers unwrappers;
  for (const std::string& file : files_) {
    if (!std::ranges::binary_search(provider_files_, file))
      unwrappers.push_back(std::make_unique<KeyFileUnwrapper>(file, root_));
  }
  return unwrappers;
}

}  // namespace imgcrypt
