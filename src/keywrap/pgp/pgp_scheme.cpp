// A packet is an OpenPGP message, as ocicrypt writes and reads it. keyprovider-pgp makes and opens it, by
// GnuPG; here its outer form is checked, and its recipients are listed, removed and hidden.
#include "keywrap/pgp/pgp_scheme.hpp"

#include "keys/openpgp_file.hpp"
#include "keywrap/pgp/pgp_message.hpp"
#include "keywrap/provider/key_providers.hpp"
#include "keywrap/provider/provider.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace imgcrypt {
namespace {

constexpr std::string_view kAnnotation = "org.opencontainers.image.enc.keys.pgp";
constexpr const char* kProviderName = "pgp";

std::optional<KeyHalf> recognize(ByteView file) {
  const auto key = recognize_openpgp_key(file);
  if (!key) return std::nullopt;
  return *key == OpenPgpFile::kSecretKey ? KeyHalf::kPrivate : KeyHalf::kPublic;
}

constexpr std::array kOwnProviders = {OwnProvider{.name = kProviderName,
                                                  .form = "pgp",
                                                  .program = "keyprovider-pgp",
                                                  .recognize = recognize,
                                                  .takes_plain_files = true}};

bool is_for_old_readers(const PgpRecipient& recipient) {
  return recipient.algorithm == PgpAlgorithm::kRsa || recipient.algorithm == PgpAlgorithm::kElGamal;
}

// What was written, which every reader must be able to open.
PgpMessage check_written(ByteView packet) {
  try {
    const PgpMessage message = parse_pgp_message(packet);
    const bool is_readable = message.protection == PgpProtection::kMdc &&
                             std::ranges::none_of(message.recipients, [](const PgpRecipient& recipient) {
                               return recipient.algorithm == PgpAlgorithm::kOther;
                             });
    if (is_readable) return message;
  } catch (const Error& error) {
    throw Error(ErrorCode::kProvider, "key provider pgp wrote " + error.message());
  }
  throw Error(ErrorCode::kProvider, "key provider pgp wrote a message that not every reader opens");
}

// One packet for all recipients.
class PgpWrapper final : public KeyWrapper {
 public:
  PgpWrapper(std::shared_ptr<KeyProviders> providers, RecipientNames names, std::vector<std::string> values)
      : wrapper_(std::move(providers), std::string(kAnnotation), kProviderName, std::move(values)),
        names_(names) {}

  [[nodiscard]] std::string annotation() const override { return wrapper_.annotation(); }
  [[nodiscard]] Bytes wrap(const SecretBytes& options) const override {
    Bytes packet = wrapper_.wrap(options);
    (void)check_written(packet);
    return names_ == RecipientNames::kHidden ? with_hidden_pgp_recipients(packet) : std::move(packet);
  }

 private:
  ProviderWrapper wrapper_;
  RecipientNames names_;
};

class PgpRecipients final : public RecipientGatherer {
 public:
  explicit PgpRecipients(const GatherOptions& options) : options_(options) {}

  void add(const std::string& value, const TakeRemark& remark) override {
    options_.providers->require(kProviderName);
    // Wraps nothing of worth: what is wrong with a recipient is known before the work on the image.
    const Bytes packet = PgpWrapper(options_.providers, RecipientNames::kWritten, {value})
                             .wrap(SecretBytes::copy_of(as_bytes("{}")));
    if (!std::ranges::all_of(parse_pgp_message(packet).recipients, is_for_old_readers)) {
      remark(
          Remark::kNote,
          "an ECDH key, with which skopeo and other tools with ocicrypt before 1.3.2 open nothing; they need "
          "RSA keys");
    }
    values_.push_back(value);
  }

  [[nodiscard]] KeyWrappers wrappers() override {
    KeyWrappers wrappers;
    if (!values_.empty())
      wrappers.push_back(
          std::make_unique<PgpWrapper>(options_.providers, options_.names, std::move(values_)));
    return wrappers;
  }

 private:
  GatherOptions options_;
  std::vector<std::string> values_;
};

// The number is as long as the modulus, but for zeros at its beginning, which OpenPGP leaves out.
std::string rsa_kind_of(ByteView number) {
  constexpr std::size_t kStep = 16;  // bytes
  return rsa_key_kind(Bytes((number.size() + kStep - 1) / kStep * kStep));
}

PacketRecipient describe_recipient(const PgpRecipient& recipient) {
  PacketRecipient described{.scheme = "pgp", .fingerprint = recipient.key_id};
  switch (recipient.algorithm) {
    case PgpAlgorithm::kRsa:
      described.algorithm = "RSA";
      described.key_kind = rsa_kind_of(recipient.number);
      break;
    case PgpAlgorithm::kElGamal:
      described.algorithm = "ElGamal";
      break;
    case PgpAlgorithm::kEcdh:
      described.algorithm = "ECDH";
      break;
    case PgpAlgorithm::kOther:
      return unusable_recipient("pgp", {}, "not supported");
  }
  described.text = "pgp " + described.algorithm + " key" +
                   (recipient.key_id.empty() ? " (hidden)" : " " + recipient.key_id);
  return described;
}

std::vector<PacketRecipient> describe(std::string_view, ByteView packet) {
  std::vector<PacketRecipient> recipients;
  for (const PgpRecipient& recipient : parse_pgp_message(packet).recipients)
    recipients.push_back(describe_recipient(recipient));
  return recipients;
}

// A packet names subkeys by their ids, which the keyring alone can tell of a name.
RecipientPattern pattern_of(const std::string& value) {
  constexpr std::size_t kKeyIdDigits = 16;
  std::string digits = value.starts_with("0x") ? value.substr(2) : value;
  std::erase(digits, ' ');
  const bool is_hex = std::ranges::all_of(digits, [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!is_hex || digits.size() < kKeyIdDigits) {
    throw Error(ErrorCode::kUsage, "OpenPGP recipients are removed by the ids of their keys",
                "imgcrypt recipients list shows them: write pgp:KEYID, or --index N");
  }
  std::ranges::transform(digits, digits.begin(), [](unsigned char c) { return std::toupper(c); });
  // Of a fingerprint the last digits are the id.
  return {.scheme = "pgp", .fingerprints = {digits.substr(digits.size() - kKeyIdDigits)}};
}

// Nothing after the colon: the user's own keyring, with its agent.
NamedProvider parse_key(std::string_view value) {
  return {kProviderName, std::string(value.empty() ? kProviderEnabled : value)};
}

constexpr std::array<std::string_view, 4> kParameterNames = {"gpg-recipients", "gpg-pubkeyringfile",
                                                             "gpg-privatekeys", "gpg-privatekeys-passwords"};

}  // namespace

constinit const Scheme kPgpScheme = {
    .name = "pgp",
    .annotation = kAnnotation,
    .recipient_form = "pgp:WHO",
    .removal_form = "pgp:KEYID",
    .gather = [](const GatherOptions& options) -> std::unique_ptr<RecipientGatherer> {
      return std::make_unique<PgpRecipients>(options);
    },
    .pattern = pattern_of,
    .describe = describe,
    .without = without_pgp_recipients,
    .provider_of = [](std::string_view) { return std::string(kProviderName); },
    .check = [](ByteView packet) { (void)parse_pgp_message(packet); },
    .parse_key = parse_key,
    .key_form = "pgp:[FILE]",
    .own_providers = kOwnProviders,
    .parameter_names = kParameterNames};

}  // namespace imgcrypt
