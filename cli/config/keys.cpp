#include "cli/commands.hpp"
#include "cli/config/setup_options.hpp"
#include "cli/options/keys/passphrase.hpp"
#include "cli/terminal/prompt.hpp"
#include "keys/key_file.hpp"
#include "keys/named_file.hpp"
#include "keywrap/device/key_device.hpp"
#include "keywrap/provider_key.hpp"
#include "node/daemons/key_store.hpp"
#include "node/defaults.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace imgcrypt::cli {
namespace {

struct KeysArguments {
  std::vector<std::string> keys;
  std::string directory = kDefaultKeyDirectory;
  std::string root;
  bool force = false;

  [[nodiscard]] IfStored if_stored() const noexcept { return force ? IfStored::kReplace : IfStored::kRefuse; }
};

// A key that was read, and found to be one that the decoder can use.
struct UsableKey {
  StoredKey stored;
  std::optional<std::string> fingerprint;  // nullopt: a key provider's
};

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
  if (find_device_key(as_text(content), named.file)) {
    passphrase = read_passphrase(named, output);
    return key;
  }
  if (const auto own = find_provider_key(as_text(content))) {
    if (own->half == KeyHalf::kPublic)
      throw Error(ErrorCode::kUsage, "it is a public key; a node needs the private one");
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

UsableKey read_usable(const std::string& text, Output& output) {
  const KeyString named = parse_key_string(text);
  warn_of_visible_passphrase(named, {}, output);
  try {
    return read_usable(named, output);
  } catch (const Error& error) {
    throw about_argument("key " + named.file, error);
  }
}

std::string word_for(StoreChange change) {
  switch (change) {
    case StoreChange::kNone:
      return "unchanged";
    case StoreChange::kWritten:
      return "written";
    case StoreChange::kReplaced:
      return "changed";
  }
  return {};
}

// Before anything is written: a key that is wrong must not leave half of them.
std::vector<UsableKey> read_all_usable(const KeysArguments& arguments, const std::string& directory,
                                       Output& output) {
  std::vector<UsableKey> keys;
  for (const std::string& text : arguments.keys) {
    UsableKey key = read_usable(text, output);
    (void)planned_change(directory, key.stored, arguments.if_stored());
    if (std::ranges::any_of(keys, [&](const UsableKey& k) { return k.stored.name == key.stored.name; }))
      throw Error(ErrorCode::kUsage, "two of the keys are called " + key.stored.name,
                  "rename one of the files");
    keys.push_back(std::move(key));
  }
  return keys;
}

void run_keys(const KeysArguments& arguments, Output& output) {
  require_absolute("--keys", arguments.directory);
  const std::string directory = arguments.root + arguments.directory;
  const std::vector<UsableKey> keys = read_all_usable(arguments, directory, output);
  const std::string made = word_for(prepare_key_directory(directory));
  output.print_text(made + " " + directory);
  JsonArray stored;
  for (const UsableKey& key : keys) {
    const std::string file = directory + "/" + key.stored.name;
    const std::string change = word_for(store_key(directory, key.stored, arguments.if_stored()));
    output.print_text(change + " " + file + (key.fingerprint ? " (" + *key.fingerprint + ")" : ""));
    stored.add(JsonObject()
                   .add("file", file)
                   .add("change", change)
                   .add_or_null("fingerprint", key.fingerprint)
                   .add("passphrase", key.stored.passphrase.has_value()));
  }
  output.print_json(JsonObject().add("directory", directory).add("change", made).add("keys", stored));
}

}  // namespace

void define_config_keys(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<KeysArguments>();
  command.add_option("KEY", arguments->keys, "keys to put there: " + key_argument_help());
  command
      .add_option("--keys", arguments->directory,
                  std::string("key directory of the node (default: ") + kDefaultKeyDirectory + ")")
      ->type_name("DIR");
  command.add_option("--root", arguments->root, "directory that is the root of the node")->type_name("DIR");
  command.add_flag("--force", arguments->force, "replace another key of the same name");
  command.callback([arguments, &output] { run_keys(*arguments, output); });
}

}  // namespace imgcrypt::cli
