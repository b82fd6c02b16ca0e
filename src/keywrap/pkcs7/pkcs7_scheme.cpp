#include "keywrap/pkcs7/pkcs7_scheme.hpp"

#include "keys/key_file.hpp"
#include "keys/list_key_file.hpp"
#include "keywrap/pkcs7/pkcs7.hpp"
#include "keywrap/pkcs7/pkcs7_message.hpp"
#include "keywrap/user_key.hpp"

#include <array>

namespace imgcrypt {
namespace {

// One packet for all.
class Pkcs7Recipients final : public RecipientGatherer {
 public:
  explicit Pkcs7Recipients(RecipientNames names) : names_(names) {}

  void add(const std::string& value, const TakeRemark& remark) override {
    if (names_ == RecipientNames::kHidden) {
      throw Error(ErrorCode::kUsage, "PKCS7 packets name their recipient's certificate, it cannot be hidden",
                  "take its public key: openssl x509 -in CERTIFICATE -pubkey -noout > KEY; then jwe:KEY");
    }
    const SecretBytes file = read_key_file(value);
    certificates_.push_back(Certificate::parse(file.expose()));
    // Pkcs7Wrapper would find it too, but could not say which file it was.
    check_pkcs7_recipient(certificates_.back());
    if (const std::size_t count = count_certificates(file.expose()); count > 1) {
      const Remark weight = is_ca(file.expose()) ? Remark::kWarning : Remark::kNote;
      remark(weight, "only the first of its " + std::to_string(count) + " certificates is used, " +
                         certificates_.back().description() +
                         (weight == Remark::kWarning
                              ? ", which is a certification authority's: put that of the recipient first"
                              : ""));
    }
  }

  [[nodiscard]] KeyWrappers wrappers() override {
    KeyWrappers wrappers;
    if (!certificates_.empty()) wrappers.push_back(std::make_unique<Pkcs7Wrapper>(std::move(certificates_)));
    return wrappers;
  }

 private:
  RecipientNames names_;
  std::vector<Certificate> certificates_;
};

RecipientPattern pattern_of(const std::string& file) {
  const Certificate certificate = Certificate::parse(read_key_file(file).expose());
  return {.scheme = "pkcs7", .fingerprints = {describe_issuer(certificate.issuer(), certificate.serial())}};
}

std::optional<std::string> fault_of(const KeyItem& item) {
  if (item.kind != KeyItemKind::kCertificate) return std::nullopt;
  return item.key->key.kind() == KeyKind::kRsa ? "" : "only RSA certificates can be used with pkcs7";
}

std::optional<SecretBytes> unwrap(const UserKey& key, ByteView packet, Attempts& attempts) {
  auto options = unwrap_pkcs7(key.key, key.certificates, key.unauthenticated, packet, attempts);
  // Who named a certificate expected it to fit, so "for another key" would be too little to say.
  if (options || key.certificates.empty()) return options;
  throw Error(ErrorCode::kNoKey, "it is not wrapped for the certificate that was given",
              "leave the certificate out: then everything that the key might open is tried");
}

constexpr std::array<std::string_view, 1> kParameterNames = {"x509s"};

}  // namespace

constinit const Scheme kPkcs7Scheme = {
    .name = "pkcs7",
    .annotation = kPkcs7Annotation,
    .recipient_form = "pkcs7:CERTIFICATE",
    .removal_form = "pkcs7:CERTIFICATE",
    .gather = [](const GatherOptions& options) -> std::unique_ptr<RecipientGatherer> {
      return std::make_unique<Pkcs7Recipients>(options.names);
    },
    .pattern = pattern_of,
    .fault_of_recipient = fault_of,
    .describe = [](std::string_view, ByteView packet) { return describe_pkcs7(packet); },
    .without = Pkcs7Message::without,
    .opens_with = [](const PublicKey& key) { return key.kind() == KeyKind::kRsa; },
    .unwrap = unwrap,
    .heeds_certificates = true,
    .parameter_names = kParameterNames};

}  // namespace imgcrypt
