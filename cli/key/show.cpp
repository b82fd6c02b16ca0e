#include "cli/commands.hpp"
#include "cli/key/key_contents.hpp"
#include "cli/options/keys/passphrase.hpp"
#include "keys/key_file.hpp"
#include "keys/list_key_file.hpp"
#include "keys/named_file.hpp"
#include "keywrap/file_forms.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <memory>

namespace imgcrypt::cli {
namespace {

bool is_private(const KeyItem& item) {
  return item.kind == KeyItemKind::kPrivateKey || item.kind == KeyItemKind::kLockedPrivateKey;
}

KeyContents device_contents(const NamedDeviceKey& key, Output& output) {
  return contents_of(key, read_device_public_half(key, ProviderOptions().open(), output));
}

KeyContents read_contents(const KeyString& named, Output& output) {
  try {
    const SecretBytes file = read_key_file(named.file);
    if (const auto name = find_device_key(as_text(file.expose()), named.file))
      return device_contents({*name, named}, output);
    if (const auto key = find_provider_key(as_text(file.expose()))) {
      if (key->half == KeyHalf::kPrivate) warn_of_exposure("key", named.file, output);
      return contents_of(*key, named.file);
    }
    const auto passphrase = read_passphrase(named, output);
    const auto items = list_key_file(file.expose(), passphrase ? &*passphrase : nullptr);
    if (std::ranges::any_of(items, is_private)) warn_of_exposure("key", named.file, output);
    return contents_of(items, named.file);
  } catch (const Error& error) {
    throw about_argument("key " + named.file, error);
  }
}

void print_contents(const std::string& file, const KeyContents& contents, Output& output) {
  JsonObject result;
  result.add("file", file).add("keys", contents.keys);
  output.print_result(contents.lines, result);
}

void run_show(const std::string& text, Output& output) {
  const auto device_key = parse_named_device_key(text);
  const KeyString named = device_key ? device_key->passphrase : parse_key_string(file_of_key(text));
  warn_of_visible_passphrase(named, {}, output);
  if (!device_key) return print_contents(named.file, read_contents(named, output), output);
  const std::string name = device_key->name.text();
  try {
    print_contents(name, device_contents(*device_key, output), output);
  } catch (const Error& error) {
    throw about_argument("key " + device_key->name.shown(), error);
  }
}

}  // namespace

void define_key_show(CLI::App& command, Output& output) {
  const auto file = std::make_shared<std::string>();
  command.add_option("KEY", *file, "file to read: " + key_argument_help())->required();
  command.callback([file, &output] { run_show(*file, output); });
}

}  // namespace imgcrypt::cli
