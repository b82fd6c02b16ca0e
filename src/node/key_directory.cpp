#include "node/key_directory.hpp"

#include "base/exposure.hpp"
#include "base/text/short_list.hpp"
#include "keys/key_file.hpp"
#include "keys/passphrase.hpp"
#include "keywrap/device/device_private_key.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "keywrap/provider_key.hpp"
#include "node/content_store.hpp"

#include <imgcrypt/error.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <mutex>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

// Each is a key to try. Somebody who mounts a whole tree by mistake gets a complaint, not an endless start.
constexpr std::size_t kMostFiles = 10'000;
// That a message names.
constexpr std::size_t kMostExposed = 3;
constexpr std::size_t kMostIgnored = 3;

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

// Why resolve() gives nothing for it.
std::string why_ignored(const fs::path& path, const fs::path& directory) {
  std::error_code failure;
  const fs::path target = fs::canonical(path, failure);
  if (failure) return "its link leads nowhere";
  return is_inside(target, directory) ? "not a file" : "its link leads outside";
}

// "a (why), b (why) and 3 more"; empty if there are none.
std::string list_of_ignored(const std::vector<fs::path>& ignored, const fs::path& directory) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < std::min(ignored.size(), kMostIgnored); ++i)
    items.push_back(ignored[i].string() + " (" + why_ignored(ignored[i], directory) + ")");
  return short_list(items, ignored.size());
}

void add_sentence(std::string& text, const std::string& sentence) {
  if (!sentence.empty()) text += (text.empty() ? "" : "; ") + sentence;
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
  const auto all = own_providers();
  const auto found = std::ranges::find_if(all, [&](const OwnProvider* own) {
    return own->private_key_size != 0 && own->private_key_size == size;
  });
  return found == all.end() ? nullptr : *found;
}

// The key of a program of ours that a file is or names, as far as its beginning and its size tell.
struct ProgramKey {
  std::optional<DeviceKeyName> of_device;
  const OwnProvider* provider = nullptr;  // null: of none
};

ProgramKey program_key_in(const std::string& path) {
  const Fd file = open_regular_file(path);
  struct stat status = {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) return {};
  const SecretBytes beginning = beginning_of(file);
  if (auto name = find_device_key(as_text(beginning.expose()), path)) return {std::move(name)};
  const auto key = find_provider_key(as_text(beginning.expose()));
  const bool is_private = key && key->half == KeyHalf::kPrivate;
  return {{}, is_private ? key->provider : provider_of_size(static_cast<std::size_t>(status.st_size))};
}

// What tells the provider of the key. A passphrase that cannot be read counts as none; the provider says that
// it lacks one.
ProviderParameter parameter_of(const OwnProvider& own, const std::string& key_file,
                               const fs::path& directory) {
  ProviderParameter parameter{std::string(own.key_parameter) + key_file};
  if (!own.takes_plain_files) return parameter;
  try {
    if (auto passphrase = read_passphrase(key_file, directory))
      parameter.passphrase = std::make_shared<const SecretBytes>(std::move(*passphrase));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
  }
  return parameter;
}

using OpenKey = std::function<PrivateKey()>;

// A key that is opened when it is first tried: read, or asked for.
class KeyFileUnwrapper final : public KeyUnwrapper {
 public:
  KeyFileUnwrapper(std::string path, OpenKey open) : path_(std::move(path)), open_(std::move(open)) {}

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
      key_.emplace(path_, open_());
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      failure_ = error.message();
    }
  }

  std::string path_;
  OpenKey open_;
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
  std::vector<fs::path> ignored;
  // Does not follow links to directories, so a loop cannot trap it: those that lead inside are listed there.
  for (fs::recursive_directory_iterator at(root, failure), end; at != end && !failure;
       at.increment(failure)) {
    std::error_code none;
    const bool is_directory = at->is_directory(none);
    const bool is_usable = is_directory ? is_inside(fs::canonical(at->path(), none), root)
                                        : resolve(at->path(), root).has_value();
    if (!is_usable) ignored.push_back(at->path());
    if (is_usable && !is_directory && at->path().extension() != kPassphraseSuffix)
      files_.push_back(at->path());
  }
  // Directories list in any order; which key is tried first must not change from start to start.
  std::ranges::sort(files_);
  std::ranges::sort(ignored);
  if (files_.size() > kMostFiles) {
    add_sentence(complaint_,
                 "only the first " + std::to_string(kMostFiles) + " files of " + path + " are tried");
    files_.resize(kMostFiles);
  }
  if (failure) {
    add_sentence(complaint_, (files_.empty() ? "no keys: " : "") + path + ": " + failure.message());
  } else if (!ignored.empty()) {
    add_sentence(complaint_,
                 (files_.empty() ? "no keys; ignored: " : "ignored: ") + list_of_ignored(ignored, root));
  } else if (files_.empty()) {
    add_sentence(complaint_, "no keys: " + path + " is empty");
  }
  for (const std::string& file : files_) {
    ProgramKey key = program_key_in(file);
    if (key.of_device) device_keys_.emplace(file, std::move(*key.of_device));
    if (key.provider == nullptr) continue;
    provider_parameters_[std::string(key.provider->name)].push_back(parameter_of(*key.provider, file, root));
    provider_files_.push_back(file);
  }
}

std::string KeyDirectory::complaint() const {
  std::string text = complaint_;
  std::size_t exposed = 0;
  for (const std::string& file : provider_files_) {
    const std::string exposure = describe_exposure(file);
    if (exposure.empty() || ++exposed > kMostExposed) continue;
    add_sentence(text, file + ": " + exposure);
  }
  return text;
}

std::optional<SecretBytes> KeyDirectory::passphrase_of(const std::string& file) const {
  return read_passphrase(file, root_);
}

KeyUnwrappers KeyDirectory::unwrappers() const {
  KeyUnwrappers unwrappers;
  for (const std::string& file : files_) {
    if (std::ranges::binary_search(provider_files_, file) || device_keys_.contains(file)) continue;
    unwrappers.push_back(std::make_unique<KeyFileUnwrapper>(file, [file, root = fs::path(root_)] {
      const auto passphrase = read_passphrase(file, root);
      const SecretBytes content = read_key_file(file);
      return parse_private_key(content.expose(), passphrase ? &*passphrase : nullptr);
    }));
  }
  return unwrappers;
}

KeyUnwrappers KeyDirectory::device_unwrappers(const std::shared_ptr<ProviderAccess>& providers) const {
  KeyUnwrappers unwrappers;
  for (const auto& [file, name] : device_keys_) {
    const auto open = [file, name, providers, root = fs::path(root_)] {
      return open_device_key(providers, name, read_passphrase(file, root));
    };
    unwrappers.push_back(std::make_unique<KeyFileUnwrapper>(file, open));
  }
  return unwrappers;
}

std::set<std::string> KeyDirectory::needed_providers() const {
  std::set<std::string> names;
  for (const auto& [name, parameters] : provider_parameters_) names.insert(name);
  for (const auto& [file, key] : device_keys_) names.emplace(key.device->name);
  return names;
}

}  // namespace imgcrypt
