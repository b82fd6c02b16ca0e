#include "node/examine/node_keys.hpp"

#include "base/exposure.hpp"
#include "keys/key_file.hpp"
#include "keys/list_key_file.hpp"
#include "keywrap/device/key_device.hpp"
#include "keywrap/provider_key.hpp"
#include "node/defaults.hpp"
#include "node/key_directory.hpp"

#include <imgcrypt/error.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace imgcrypt {
namespace {

bool is_raw_provider_key(const KeyDirectory& directory, const std::string& file) {
  return std::ranges::any_of(directory.provider_parameters(), [&](const auto& named) {
    return std::ranges::any_of(
        named.second, [&](const ProviderParameter& parameter) { return parameter.text.ends_with(file); });
  });
}

bool is_secret(const KeyItem& item) {
  return item.kind == KeyItemKind::kPrivateKey || item.kind == KeyItemKind::kLockedPrivateKey;
}

// Of nothing but public keys and certificates. What is not recognized may be a secret.
bool holds_no_secret(const std::string& file) try {
  const SecretBytes content = read_key_file(file);
  if (const auto own = find_provider_key(as_text(content.expose()))) return own->half == KeyHalf::kPublic;
  return std::ranges::none_of(list_key_file(content.expose(), nullptr), is_secret);
} catch (const Error& error) {
  if (error.code() == ErrorCode::kCancelled) throw;
  return false;
}

class Examination {
 public:
  Examination(std::string name, std::string root, const KeyDirectory& directory)
      : name_(std::move(name)), root_(std::move(root)), directory_(directory) {}

  void examine(const std::string& file) {
    const std::string about = "key " + file;
    if (::access(file.c_str(), R_OK) != 0)
      return add({Severity::kNote, about, "it cannot be read by this user", "it is not examined",
                  "run doctor as root"});
    try {
      examine_content(file, about);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      add({Severity::kFault, about, error.message(), "it opens nothing", cure_of(file, error)});
    }
    if (holds_no_secret(file)) return;
    for (const std::string& secret : {file, file + kPassphraseSuffix}) {
      if (const std::string exposure = describe_exposure(secret); !exposure.empty())
        add({Severity::kFault, "key " + secret, exposure.substr(0, exposure.find(": ")),
             "whoever reads it decrypts every image for this node", "chmod 600 " + secret});
    }
  }

  NodeKeys take() { return std::move(result_); }

 private:
  void add(Finding finding) { result_.findings.push_back(std::move(finding)); }

  void examine_content(const std::string& file, const std::string& about) {
    const SecretBytes content = read_key_file(file);
    const auto own = find_provider_key(as_text(content.expose()));
    if (own && own->half == KeyHalf::kPublic)
      return add({Severity::kFault, about, "it is a public key", "only the private half decrypts",
                  put_key_command("PRIVATE-KEY", name_, root_)});
    if (const auto device = find_device_key(as_text(content.expose()), file)) {
      ++result_.others;
      return add({Severity::kFine, about, "a key that stays in a device: " + device->shown(), {}, {}});
    }
    if (own || is_raw_provider_key(directory_, file)) {
      ++result_.others;
      return add({Severity::kFine,
                  about,
                  own ? "a key of " + std::string(own->provider->form) : "a raw key of a key provider",
                  {},
                  {}});
    }
    const auto passphrase = directory_.passphrase_of(file);
    const PrivateKey key = parse_private_key(content.expose(), passphrase ? &*passphrase : nullptr);
    add({Severity::kFine,
         about,
         key.public_key().description() + (passphrase ? ", with its passphrase" : ""),
         {},
         {}});
    result_.keys.push_back(key);
  }

  [[nodiscard]] std::string cure_of(const std::string& file, const Error& error) const {
    const SecretBytes content = read_key_file(file);
    if (needs_passphrase(content.expose()))
      return put_key_command(file + ":prompt", name_, root_) +
             " --force, which stores the passphrase beside it";
    return error.hint().empty() ? "move it out of the directory" : error.hint();
  }

  std::string name_;
  std::string root_;
  const KeyDirectory& directory_;
  NodeKeys result_;
};

Finding no_keys(const std::string& directory, const std::string& root, const std::string& complaint,
                KeysElsewhere elsewhere) {
  const std::string about = "keys in " + root + directory;
  if (elsewhere == KeysElsewhere::kMayBe)
    return {Severity::kFine, about, complaint + "; key providers are configured", {}, {}};
  return {Severity::kFault, about, complaint, "this node can open no encrypted image",
          put_key_command("PRIVATE-KEY", directory, root)};
}

}  // namespace

std::string put_key_command(const std::string& what, const std::string& directory, const std::string& root) {
  return "imgcrypt config keys " + what + (directory == kDefaultKeyDirectory ? "" : " --keys " + directory) +
         (root.empty() ? "" : " --root " + root);
}

NodeKeys examine_keys(const std::string& directory, const std::string& root, KeysElsewhere elsewhere) {
  const KeyDirectory found(root + directory);
  Examination examination(directory, root, found);
  for (const std::string& file : found.files()) examination.examine(file);
  NodeKeys result = examination.take();
  if (!found.files().empty()) {
    const bool has_fault = std::ranges::any_of(
        result.findings, [](const Finding& finding) { return finding.severity != Severity::kFine; });
    if (!result.any() && !has_fault)
      result.findings.push_back(no_keys(directory, root, "no file in it is a private key", elsewhere));
    return result;
  }
  std::error_code failure;
  std::filesystem::directory_iterator listing(root + directory, failure);
  if (failure == std::errc::permission_denied) {
    result.findings.push_back({Severity::kNote, "keys in " + root + directory,
                               "it cannot be listed by this user", "the keys are not examined",
                               "run doctor as root"});
  } else {
    result.findings.push_back(no_keys(directory, root, found.complaint(), elsewhere));
  }
  return result;
}

}  // namespace imgcrypt
