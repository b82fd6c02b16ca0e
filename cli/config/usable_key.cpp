#include "cli/config/usable_key.hpp"

#include "cli/options/keys/passphrase.hpp"
#include "cli/terminal/prompt.hpp"
#include "keys/key_file.hpp"
#include "keys/named_file.hpp"
#include "keywrap/device/key_device.hpp"
#include "keywrap/provider_key.hpp"
#include "node/key_directory.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <filesystem>

namespace imgcrypt::cli {
namespace {

namespace fs = std::filesystem;

bool is_raw_key(std::size_t size) {
  return std::ranges::any_of(own_providers(), [&](const OwnProvider* provider) {
    return provider->private_key_size != 0 && provider->private_key_size == size;
  });
}

std::optional<SecretBytes> passphrase_of(const KeyString& named, ByteView file, Output& output) {
  auto passphrase = read_passphrase(named, output);
  if (!needs_passphrase(file)) {
    if (passphrase)
      output.warn("key " + named.file + ": the passphrase is not used, as the key is not encrypted");
    return std::nullopt;
  }
  if (!passphrase && has_terminal()) passphrase = prompt_passphrase("Passphrase of " + named.file + ": ");
  return passphrase;
}

UsableKey read_usable(const KeyString& named, Output& output) {
  UsableKey key{{std::filesystem::path(named.file).filename(), read_key_file(named.file), {}}, {}};
  const ByteView content = key.stored.content.expose();
  auto& passphrase = key.stored.passphrase;
  if (const auto name = find_device_key(as_text(content), named.file)) {
    passphrase = read_passphrase(named, output);
    // The device may be that of another machine.
    output.note("key " + named.file + ": not tried, as only its " + std::string(name->device->title) +
                " can; on the node: imgcrypt provider test " + name->text() +
                (passphrase ? "" : "; if it needs a passphrase, that must be beside it, in NAME.pass"));
    return key;
  }
  if (const auto own = find_provider_key(as_text(content))) {
    if (own->half == KeyHalf::kPublic)
      throw Error(ErrorCode::kUsage, "it is a public key; a node needs the private one",
                  "give the file of the private key, whose name is mostly the same without .pub");
    // Only the provider can tell whether it is right.
    if (own->provider->takes_plain_files) passphrase = read_passphrase(named, output);
    return key;
  }
  if (is_raw_key(content.size())) return key;
  passphrase = passphrase_of(named, content, output);
  const PrivateKey opened = parse_private_key(content, passphrase ? &*passphrase : nullptr);
  opened.check_halves();
  key.fingerprint = opened.public_key().thumbprint();
  return key;
}

UsableKey read_named(const KeyString& named, Output& output) {
  try {
    return read_usable(named, output);
  } catch (const Error& error) {
    throw about_argument("key " + named.file, error);
  }
}

// The kubelet exchanges all files of a volume at once, by this link to the directory that has them.
fs::path directory_of_files(const fs::path& directory) {
  std::error_code none;
  const fs::path present = fs::canonical(directory / "..data", none);
  return none ? directory : present;
}

std::vector<fs::path> key_files_in(const std::string& directory) {
  std::error_code failure;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(directory_of_files(directory), failure), end; at != end;) {
    if (is_key_name(at->path().filename()) && fs::is_regular_file(at->path(), failure))
      files.push_back(at->path());
    at.increment(failure);
  }
  if (failure) throw Error(ErrorCode::kUsage, directory + ": " + failure.message());
  std::ranges::sort(files);
  return files;
}

}  // namespace

UsableKey read_usable_key(const std::string& text, Output& output) {
  const KeyString named = parse_key_string(text);
  warn_of_visible_passphrase(named, {}, output);
  return read_named(named, output);
}

std::vector<UsableKey> read_usable_keys_of(const std::string& directory, Output& output) {
  std::vector<UsableKey> keys;
  for (const fs::path& file : key_files_in(directory)) {
    KeyString named{file};
    std::string passphrase = file.string() + kPassphraseSuffix;
    if (fs::exists(passphrase)) named = {file, PassphraseFrom::kFile, std::move(passphrase)};
    keys.push_back(read_named(named, output));
  }
  if (keys.empty())
    throw Error(ErrorCode::kNotFound, "there is no key in " + directory,
                "to take all keys away again: imgcrypt config keys --uninstall");
  return keys;
}

}  // namespace imgcrypt::cli
