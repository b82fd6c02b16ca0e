// A packet is ocicrypt's for keys of PKCS#11 tokens. keyprovider-pkcs11 makes it, as it reads the public keys
// of tokens; private keys open it, of files and of devices, among which are the tokens
// (device/key_device.hpp).
#include "keywrap/pkcs11/pkcs11_scheme.hpp"

#include "keys/list_key_file.hpp"
#include "keywrap/pkcs11/pkcs11_message.hpp"
#include "keywrap/pkcs11/token_key_file.hpp"
#include "keywrap/pkcs11/token_key_string.hpp"
#include "keywrap/pkcs11/token_uri.hpp"
#include "keywrap/provider/key_providers.hpp"
#include "keywrap/provider/provider.hpp"
#include "keywrap/user_key.hpp"

#include <imgcrypt/error.hpp>

#include <array>

namespace imgcrypt {
namespace {

constexpr std::string_view kAnnotation = "org.opencontainers.image.enc.keys.pkcs11";
constexpr const char* kProviderName = "pkcs11";
// What ocicrypt's own private options have with a SHA-256 digest, so that a recipient is tried with as much.
constexpr std::size_t kOptionsBytes = 193;

// The file names a key that both encrypts and opens.
std::optional<KeyHalf> recognize(ByteView file) {
  return is_token_key_file(as_text(file)) ? std::optional(KeyHalf::kPrivate) : std::nullopt;
}

constexpr std::array kOwnProviders = {OwnProvider{.name = kProviderName,
                                                  .form = "pkcs11",
                                                  .program = "keyprovider-pkcs11",
                                                  .recognize = recognize,
                                                  .takes_plain_files = true,
                                                  .private_keys_encrypt = true}};

// One packet for all recipients.
class Pkcs11Wrapper final : public KeyWrapper {
 public:
  Pkcs11Wrapper(std::shared_ptr<KeyProviders> providers, std::vector<std::string> values)
      : wrapper_(std::move(providers), std::string(kAnnotation), kProviderName, std::move(values)) {}

  [[nodiscard]] std::string annotation() const override { return wrapper_.annotation(); }
  [[nodiscard]] Bytes wrap(const SecretBytes& options) const override {
    Bytes packet = wrapper_.wrap(options);
    try {
      (void)parse_pkcs11_message(packet);
    } catch (const Error& error) {
      throw Error(ErrorCode::kProvider, "key provider pkcs11 wrote " + error.message());
    }
    return packet;
  }

 private:
  ProviderWrapper wrapper_;
};

class Pkcs11Recipients final : public RecipientGatherer {
 public:
  explicit Pkcs11Recipients(std::shared_ptr<KeyProviders> providers) : providers_(std::move(providers)) {}

  void add(const std::string& value, const TakeRemark&) override {
    if (is_token_uri(value) && parse_token_key_string(value).from != PassphraseFrom::kNowhere) {
      throw Error(ErrorCode::kUsage, "a recipient has no PIN, as encrypting needs none",
                  "leave out pin-value; for a token that shows its public keys only after a login, write the "
                  "URI into a key file, or name the PIN's file with pin-source");
    }
    if (values_.size() == kMostPkcs11Recipients)
      throw Error(ErrorCode::kUsage, "more than " + std::to_string(kMostPkcs11Recipients) + " recipients");
    providers_->require(kProviderName);
    // Wraps nothing of worth: what is wrong with a recipient is known before the work on the image.
    (void)Pkcs11Wrapper(providers_, {value}).wrap(SecretBytes(kOptionsBytes));
    values_.push_back(value);
  }

  [[nodiscard]] KeyWrappers wrappers() override {
    KeyWrappers wrappers;
    if (!values_.empty()) wrappers.push_back(std::make_unique<Pkcs11Wrapper>(providers_, std::move(values_)));
    return wrappers;
  }

 private:
  std::shared_ptr<KeyProviders> providers_;
  std::vector<std::string> values_;
};

PacketRecipient describe_recipient(const Pkcs11Recipient& recipient) {
  if (!recipient.hash) return unusable_recipient("pkcs11", {}, "not supported");
  PacketRecipient described{.scheme = "pkcs11",
                            .algorithm = *recipient.hash == OaepHash::kSha1 ? "RSA-OAEP" : "RSA-OAEP-256",
                            .key_kind = rsa_key_kind(recipient.encrypted)};
  described.text = "pkcs11 " + described.algorithm + " key (" + described.key_kind + ")";
  return described;
}

std::vector<PacketRecipient> describe(std::string_view, ByteView packet) {
  std::vector<PacketRecipient> recipients;
  for (const Pkcs11Recipient& recipient : parse_pkcs11_message(packet))
    recipients.push_back(describe_recipient(recipient));
  return recipients;
}

// No packet says whose it is.
RecipientPattern pattern_of(const std::string& value) {
  if (value == "all") return {.scheme = "pkcs11"};
  throw Error(ErrorCode::kUsage, "PKCS#11 packets do not identify their recipients",
              "imgcrypt recipients list shows them: write --index N, or pkcs11:all for all of them");
}

std::optional<SecretBytes> unwrap(const UserKey& key, ByteView packet, Attempts& attempts) {
  for (const auto& [encrypted, hash] : parse_pkcs11_message(packet)) {
    if (!hash || encrypted.size() != key.key.public_key().modulus_size()) continue;
    attempts.use();
    if (auto options = key.key.decrypt_oaep(encrypted, *hash)) return options;
  }
  return std::nullopt;
}

std::optional<std::string> fault_of(const KeyItem& item) {
  if (item.kind != KeyItemKind::kPublicKey && item.kind != KeyItemKind::kCertificate) return std::nullopt;
  const bool is_rsa = item.key && item.key->key.kind() == KeyKind::kRsa;
  return is_rsa ? std::string() : "PKCS#11 packets are for RSA keys only";
}

constexpr std::array<std::string_view, 3> kParameterNames = {"pkcs11-pubkeys", "pkcs11-yamls",
                                                             "pkcs11-config"};

}  // namespace

constinit const Scheme kPkcs11Scheme = {
    .name = "pkcs11",
    .annotation = kAnnotation,
    .recipient_form = "pkcs11:FILE|URI",
    .removal_form = "pkcs11:all",
    .gather = [](const GatherOptions& options) -> std::unique_ptr<RecipientGatherer> {
      return std::make_unique<Pkcs11Recipients>(options.providers);
    },
    .pattern = pattern_of,
    .fault_of_recipient = fault_of,
    .describe = describe,
    .without = without_pkcs11_recipients,
    .opens_with = [](const PublicKey& key) { return key.kind() == KeyKind::kRsa; },
    .unwrap = unwrap,
    .own_providers = kOwnProviders,
    .parameter_names = kParameterNames};

}  // namespace imgcrypt
