#include "keyprovider/pgp/provider.hpp"

#include "base/text/short_list.hpp"
#include "keyprovider/pgp/key_text.hpp"
#include "keyprovider/pgp/private_home.hpp"
#include "keyprovider/pgp/public_keys.hpp"
#include "keyprovider/pgp/secret_keys.hpp"
#include "keywrap/pgp/pgp_message.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider::pgp {
namespace {

constexpr std::size_t kMostRecipients = 64;  // of what we write

// A secret key of a file.
struct NamedKey {
  std::string file;
  const SecretBytes* passphrase = nullptr;
};

// What became of the keys that were tried, for the error if none opens the message.
struct Trial {
  std::vector<std::string> tried;
  std::vector<std::string> failed;  // and why
  bool is_own_keyring = false;
};

void add_new(Keys more, Keys& keys) {
  for (Key& key : more) {
    const bool is_known = std::ranges::any_of(
        keys, [&](const Key& known) { return fingerprint_of(known) == fingerprint_of(key); });
    if (!is_known) keys.push_back(std::move(key));
  }
}

void check_count(const Keys& keys) {
  if (keys.empty()) {
    throw Error(ErrorCode::kUsage, "no recipient is named",
                "write pgp: and a mail address, a fingerprint or a file with the public key");
  }
  if (keys.size() > kMostRecipients)
    throw Error(ErrorCode::kUsage, "more than " + std::to_string(kMostRecipients) + " recipients");
}

std::vector<NamedKey> named_keys(const ProviderRequest& request) {
  std::vector<NamedKey> keys;
  for (std::size_t i = 0; i < request.parameters.size(); ++i) {
    if (request.parameters[i] == kProviderEnabled) continue;
    const bool has_passphrase = i < request.passphrases.size() && request.passphrases[i];
    keys.push_back({request.parameters[i], has_passphrase ? &*request.passphrases[i] : nullptr});
  }
  return keys;
}

// A file that cannot be used must not keep the others from opening an image; the failure names it if none
// does.
std::optional<SecretBytes> open_with_files(const std::vector<NamedKey>& keys, ByteView packet, Trial& trial) {
  if (keys.empty()) return std::nullopt;
  SecretKeys secret_keys;
  for (const NamedKey& key : keys) {
    try {
      secret_keys.add(key.file, key.passphrase);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUsage) throw;
      trial.failed.push_back(keyprovider::describe(error));
    }
  }
  trial.tried.insert(trial.tried.end(), secret_keys.descriptions().begin(), secret_keys.descriptions().end());
  if (secret_keys.descriptions().empty()) return std::nullopt;
  Opening opening = secret_keys.decrypt(packet);
  trial.failed.insert(trial.failed.end(), opening.locked.begin(), opening.locked.end());
  return std::move(opening.options);
}

std::vector<NamedKey> keys_of(const KeyPlaces& node) {
  std::vector<NamedKey> keys;
  for (const std::string& file : node.files) keys.push_back({file});
  for (const std::string& directory : node.directories) {
    for (const std::string& file : key_files_in(directory)) keys.push_back({file});
  }
  return keys;
}

std::string wanted_by(const PgpMessage& message) {
  std::vector<std::string> ids;
  for (const PgpRecipient& recipient : message.recipients)
    ids.push_back(recipient.key_id.empty() ? "a key that is not named" : recipient.key_id);
  return short_list(ids);
}

[[noreturn]] void fail_without_key(const PgpMessage& message, const Trial& trial) {
  // A key that was named and cannot be used is the user's mistake.
  if (trial.tried.empty() && !trial.failed.empty() && !trial.is_own_keyring)
    throw Error(ErrorCode::kUsage, short_list(trial.failed));
  std::vector<std::string> tried = trial.tried;
  if (trial.is_own_keyring) tried.emplace_back("your GnuPG keyring");
  std::string text = "encrypted for " + wanted_by(message) + "; " +
                     (tried.empty() ? "no key was given" : "tried " + short_list(tried));
  if (!trial.failed.empty()) text += "; " + short_list(trial.failed);
  throw Error(ErrorCode::kNoKey, text,
              tried.empty() ? "write pgp: for the keys of your GnuPG, or pgp:FILE" : "");
}

}  // namespace

Bytes PgpProvider::wrap(const std::vector<std::string>& parameters, const SecretBytes& options) {
  const PrivateHome home(base_for_homes(), Agent::kNone);
  const Context context = open_gnupg(home.path());
  Keys keys;
  for (const std::string& who : named_by(parameters)) add_new(add_recipients(context, who), keys);
  check_count(keys);
  Bytes packet = encrypt(context, keys, options);
  if (packet.size() > kMostPacketBytes)
    throw Error(ErrorCode::kUsage, "a packet of more than 64 KiB", "name fewer recipients");
  // GnuPG chooses the form by its version, its options and the keys.
  if (parse_pgp_message(packet).protection != PgpProtection::kMdc)
    throw Error(ErrorCode::kProvider, "GnuPG made a message in a form that older readers do not open");
  return packet;
}

SecretBytes PgpProvider::unwrap(const std::vector<std::string>& parameters, ByteView packet) {
  return unwrap_with_passphrases({ProviderOperation::kUnwrap, parameters, SecretBytes::copy_of(packet)});
}

SecretBytes PgpProvider::unwrap_with_passphrases(const ProviderRequest& request) {
  const ByteView packet = request.content.expose();
  const PgpMessage message = parse_pgp_message(packet);
  Trial trial;
  if (auto options = open_with_files(named_keys(request), packet, trial)) return std::move(*options);
  if (auto options = open_with_files(keys_of(node_), packet, trial)) return std::move(*options);
  trial.is_own_keyring = std::ranges::find(request.parameters, kProviderEnabled) != request.parameters.end();
  if (trial.is_own_keyring) {
    if (auto options = decrypt_with_own_keys(packet)) return std::move(*options);
  }
  fail_without_key(message, trial);
}

}  // namespace imgcrypt::keyprovider::pgp
