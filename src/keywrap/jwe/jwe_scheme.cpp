#include "keywrap/jwe/jwe_scheme.hpp"

#include "keys/key_file.hpp"
#include "keys/list_key_file.hpp"
#include "keywrap/jwe/jwe.hpp"
#include "keywrap/jwe/jwe_message.hpp"
#include "keywrap/user_key.hpp"

#include <array>

namespace imgcrypt {
namespace {

// A packet for each, so that one can be removed without a trace of the others.
class JweRecipients final : public RecipientGatherer {
 public:
  explicit JweRecipients(RecipientNames names) : names_(names) {}

  void add(const std::string& value, const TakeRemark& remark) override {
    const SecretBytes file = read_key_file(value);
    const PublicJwk key = parse_recipient_key(file.expose());
    if (const std::size_t count = count_keys(file.expose()); count > 1)
      remark(Remark::kNote, "only the first of its " + std::to_string(count) + " keys is used");
    // The same key with another algorithm or key id is another recipient.
    const bool is_new = keys_.insert({key.key.thumbprint(), key.algorithm, key.key_id}).second;
    if (is_new) wrappers_.push_back(std::make_unique<JweWrapper>(key, names_));
  }

  [[nodiscard]] KeyWrappers wrappers() override { return std::move(wrappers_); }

 private:
  RecipientNames names_;
  KeyWrappers wrappers_;
  std::set<std::array<std::string, 3>> keys_;  // that have a wrapper
};

RecipientPattern pattern_of(const std::string& file) {
  const PublicJwk key = parse_recipient_key(read_key_file(file).expose());
  RecipientPattern pattern{.scheme = "jwe", .fingerprints = {key.key.thumbprint()}};
  // The image may have been encrypted with the JWK, or with the same key in PEM.
  if (!key.key_id.empty()) pattern.fingerprints.push_back(key.key_id);
  return pattern;
}

// Asks the wrapper itself, so that this and encrypting never differ.
std::optional<std::string> fault_of(const KeyItem& item) {
  if (item.kind != KeyItemKind::kPublicKey) return std::nullopt;
  try {
    (void)JweWrapper(*item.key, RecipientNames::kWritten);
    return std::string();
  } catch (const Error& error) {
    return error.message();
  }
}

constexpr std::array<std::string_view, 3> kParameterNames = {"pubkeys", "privkeys", "privkeys-passwords"};

}  // namespace

constinit const Scheme kJweScheme = {
    .name = "jwe",
    .annotation = kJweAnnotation,
    .recipient_form = "jwe:PUBLICKEY",
    .removal_form = "jwe:PUBLICKEY",
    .gather = [](const GatherOptions& options) -> std::unique_ptr<RecipientGatherer> {
      return std::make_unique<JweRecipients>(options.names);
    },
    .pattern = pattern_of,
    .fault_of_recipient = fault_of,
    .describe = [](std::string_view, ByteView packet) { return describe_jwe(packet); },
    .without = JweMessage::without,
    .opens_with = [](const PublicKey&) { return true; },
    .unwrap = [](const UserKey& key, ByteView packet,
                 Attempts& attempts) { return unwrap_jwe(key.key, packet, attempts); },
    .parameter_names = kParameterNames};

}  // namespace imgcrypt
