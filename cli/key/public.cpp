#include "cli/commands.hpp"
#include "cli/key/own_provider.hpp"
#include "cli/options/keys/device_key.hpp"
#include "cli/options/keys/passphrase.hpp"
#include "cli/options/keys/private_key.hpp"
#include "keys/key_file.hpp"
#include "keys/named_file.hpp"
#include "keywrap/file_forms.hpp"

#include <imgcrypt/error.hpp>

#include <memory>

namespace imgcrypt::cli {
namespace {

struct PublicHalf {
  std::string text;
  std::optional<std::string> fingerprint;
};

PublicHalf half_of(const PublicKey& key) {
  std::string pem = key.to_pem();
  pem.pop_back();  // the newline, which printing adds
  return {std::move(pem), key.thumbprint()};
}

PublicHalf half_in_device(const NamedDeviceKey& key, Output& output) {
  return half_of(read_device_public_half(key, ProviderOptions().open(), output));
}

PublicHalf public_half_of(const KeyString& named, Output& output) {
  try {
    const SecretBytes file = read_key_file(named.file);
    if (const auto name = find_device_key(as_text(file.expose()), named.file))
      return half_in_device({*name, named}, output);
    if (const auto key = find_provider_key(as_text(file.expose()))) {
      if (key->half == KeyHalf::kPrivate) warn_of_exposure("key", named.file, output);
      return {ask_own_provider(std::string(key->provider->program), {"public", "--", named.file}),
              std::nullopt};
    }
    return half_of(open_private_key(named, file.expose(), output).public_key());
  } catch (const Error& error) {
    throw about_argument("key " + named.file, error);
  }
}

void print_half(const std::string& file, const PublicHalf& half, Output& output) {
  JsonObject result;
  result.add("file", file).add("publicKey", half.text).add_or_null("fingerprint", half.fingerprint);
  output.print_result(Text::of_lines(half.text), result);
}

void run_public(const std::string& text, Output& output) {
  const auto device_key = parse_named_device_key(text);
  const KeyString named = device_key ? device_key->passphrase : parse_key_string(file_of_key(text));
  warn_of_visible_passphrase(named, {}, output);
  if (!device_key) return print_half(named.file, public_half_of(named, output), output);
  const std::string name = device_key->name.text();
  try {
    print_half(name, half_in_device(*device_key, output), output);
  } catch (const Error& error) {
    throw about_argument("key " + device_key->name.shown(), error);
  }
}

}  // namespace

void define_key_public(CLI::App& command, Output& output) {
  const auto file = std::make_shared<std::string>();
  command.add_option("KEY", *file, key_argument_help())->required();
  command.callback([file, &output] { run_public(*file, output); });
}

}  // namespace imgcrypt::cli
