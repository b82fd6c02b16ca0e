#include "keyprovider/pkcs11/provider.hpp"

#include "base/text/short_list.hpp"
#include "keyprovider/pkcs11/recipients.hpp"
#include "keywrap/pkcs11/pkcs11_message.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

struct NamedKey {
  std::string parameter;
  const SecretBytes* passphrase = nullptr;
};

// What became of the keys that were tried, for the error if none opens the packet.
struct Trial {
  std::vector<std::string> tried;
  std::vector<std::string> failed;  // and why
  std::optional<ErrorCode> code;    // of the first of those
};

std::vector<NamedKey> keys_of(const ProviderRequest& request, const KeyPlaces& node) {
  std::vector<NamedKey> keys;
  for (std::size_t i = 0; i < request.parameters.size(); ++i) {
    if (request.parameters[i] == kProviderEnabled) continue;
    const bool has_passphrase = i < request.passphrases.size() && request.passphrases[i];
    keys.push_back({request.parameters[i], has_passphrase ? &*request.passphrases[i] : nullptr});
  }
  for (const std::string& file : node.files) keys.push_back({file});
  for (const std::string& directory : node.directories) {
    for (const std::string& file : key_files_in(directory)) keys.push_back({file});
  }
  return keys;
}

std::optional<SecretBytes> open_with(Tokens& tokens, const TokenKey& key, const SecretBytes* passphrase,
                                     const std::vector<Pkcs11Recipient>& recipients) {
  Token& token = tokens.open(key);
  const auto pin = passphrase == nullptr ? key.uri.pin() : std::nullopt;
  token.log_in(passphrase != nullptr ? passphrase : pin ? &*pin : nullptr);
  const CK_OBJECT_HANDLE object = token.find(CKO_PRIVATE_KEY, key.uri);
  const std::size_t size = token.public_key(object).modulus_size();
  for (const auto& [encrypted, hash] : recipients) {
    if (!hash || encrypted.size() != size) continue;
    if (auto options = token.decrypt_oaep(object, encrypted, *hash)) return options;
  }
  return std::nullopt;
}

// A key that cannot be used must not keep the others from opening an image; the failure names it if none
// does.
std::optional<SecretBytes> try_key(Tokens& tokens, const NamedKey& named,
                                   const std::vector<Pkcs11Recipient>& recipients, Trial& trial) {
  std::string name = named.parameter;
  try {
    const TokenKey key = read_token_key(named.parameter);
    name = key.name;
    if (auto options = open_with(tokens, key, named.passphrase, recipients)) return options;
    trial.tried.push_back(name);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    if (error.code() == ErrorCode::kProvider) tokens.close_all();
    const std::string text = keyprovider::describe(error);
    trial.failed.push_back(text.starts_with(named.parameter) ? text : name + ": " + text);
    if (!trial.code) trial.code = error.code();
  }
  return std::nullopt;
}

[[noreturn]] void fail_without_key(std::size_t recipients, const Trial& trial) {
  if (trial.tried.empty() && trial.code) throw Error(*trial.code, short_list(trial.failed));
  std::string text = "encrypted for " + std::to_string(recipients) +
                     (recipients == 1 ? " RSA key" : " RSA keys") + "; " +
                     (trial.tried.empty() ? "no key was given" : "tried " + short_list(trial.tried));
  if (!trial.failed.empty()) text += "; " + short_list(trial.failed);
  throw Error(ErrorCode::kNoKey, text, trial.tried.empty() ? "write -k pkcs11:FILE or -k pkcs11:URI" : "");
}

}  // namespace

Bytes Pkcs11Provider::wrap(const std::vector<std::string>& parameters, const SecretBytes& options) {
  const OaepHash hash = oaep_hash();
  std::vector<PublicKey> keys;
  for (const std::string& who : named_by(parameters)) {
    PublicKey key = recipient_key(tokens_, who);
    check_fits(key, who, options.size(), hash);
    const bool is_known =
        std::ranges::any_of(keys, [&](const PublicKey& known) { return known.same_as(key); });
    if (!is_known) keys.push_back(std::move(key));
  }
  if (keys.empty())
    throw Error(ErrorCode::kUsage, "no recipient is named", "write pkcs11:FILE or pkcs11:URI");
  if (keys.size() > kMostPkcs11Recipients)
    throw Error(ErrorCode::kUsage, "more than " + std::to_string(kMostPkcs11Recipients) + " recipients");
  std::vector<Pkcs11Recipient> recipients;
  for (const PublicKey& key : keys) recipients.push_back({key.encrypt_oaep(options.expose(), hash), hash});
  Bytes packet = format_pkcs11_message(recipients);
  if (packet.size() > kMostPacketBytes)
    throw Error(ErrorCode::kUsage, "a packet of more than 64 KiB", "name fewer recipients");
  return packet;
}

SecretBytes Pkcs11Provider::unwrap(const std::vector<std::string>& parameters, ByteView packet) {
  return unwrap_with_passphrases({ProviderOperation::kUnwrap, parameters, SecretBytes::copy_of(packet)});
}

SecretBytes Pkcs11Provider::unwrap_with_passphrases(const ProviderRequest& request) {
  const std::vector<Pkcs11Recipient> recipients = parse_pkcs11_message(request.content.expose());
  Trial trial;
  for (const NamedKey& key : keys_of(request, node_)) {
    if (auto options = try_key(tokens_, key, recipients, trial)) return std::move(*options);
  }
  fail_without_key(recipients.size(), trial);
}

}  // namespace imgcrypt::keyprovider::pkcs11
