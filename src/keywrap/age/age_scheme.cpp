// A packet is an age file. keyprovider-age makes and opens it; here its header is read, for lists.
#include "keywrap/age/age_scheme.hpp"

#include "base/text/comment_lines.hpp"
#include "base/text/encoding.hpp"
#include "keys/key_file.hpp"
#include "keywrap/age/age_header.hpp"
#include "keywrap/provider/key_providers.hpp"
#include "keywrap/provider/provider.hpp"
#include "keywrap/provider_key.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

// That of the provider of this name, so that other tools can open the packets with the same program.
constexpr std::string_view kAnnotation = "org.opencontainers.image.enc.keys.provider.age";
constexpr const char* kProviderName = "age";

constexpr std::array kPublicKeyStarts = {KeyStart{"age1", "X25519"}, KeyStart{"ssh-ed25519 ", "Ed25519"},
                                         KeyStart{"ssh-rsa ", "RSA"}};
constexpr std::array<std::string_view, 2> kPrivateKeyStarts = {"AGE-SECRET-KEY-1",
                                                               "-----BEGIN OPENSSH PRIVATE KEY-----"};
constexpr std::array kOwnProviders = {OwnProvider{.name = kProviderName,
                                                  .form = "age",
                                                  .program = "keyprovider-age",
                                                  .public_key_starts = kPublicKeyStarts,
                                                  .private_key_starts = kPrivateKeyStarts}};

// Of other programs' stanzas it is not known whether they name a key.
bool names_key(const AgeStanza& stanza) {
  return (stanza.type == "ssh-ed25519" || stanza.type == "ssh-rsa") && !stanza.arguments.empty();
}

// A packet for each command, as one for each recipient would cost a call for each layer and recipient.
class AgeRecipients final : public RecipientGatherer {
 public:
  explicit AgeRecipients(const GatherOptions& options) : options_(options) {}

  void add(const std::string& value, const TakeRemark&) override {
    options_.providers->require(kProviderName);
    // Wraps nothing of worth: what is wrong with a recipient is known before the work on the image.
    const auto packet = options_.providers->ask(
        kProviderName, {ProviderOperation::kWrap, {value}, SecretBytes::copy_of(as_bytes("{}"))});
    if (!packet) throw Error(ErrorCode::kProvider, "key provider age wrapped nothing");
    if (options_.names == RecipientNames::kHidden &&
        std::ranges::any_of(parse_age_header(packet->expose()).stanzas, names_key)) {
      throw Error(ErrorCode::kUsage, "age files always name the SSH keys that open them",
                  "give an age1... key, which is not named, or do without --hide-recipients");
    }
    values_.push_back(value);
  }

  [[nodiscard]] KeyWrappers wrappers() override {
    KeyWrappers wrappers;
    if (!values_.empty()) {
      wrappers.push_back(std::make_unique<ProviderWrapper>(options_.providers, std::string(kAnnotation),
                                                           kProviderName, std::move(values_)));
    }
    return wrappers;
  }

 private:
  GatherOptions options_;
  std::vector<std::string> values_;
};

// Whether a stanza of a kind that we know has the parts with which a key could open it (age specification,
// "Recipient Types"). What only looks like one is for nobody.
bool is_sound(const AgeStanza& stanza) {
  constexpr std::size_t kPointSize = 32;         // bytes
  constexpr std::size_t kWrappedFileKey = 32;    // bytes: 16, and the tag
  constexpr std::size_t kSmallestModulus = 128;  // bytes, wider than what we accept
  if (stanza.type == "ssh-rsa") return stanza.arguments.size() == 1 && stanza.body.size() >= kSmallestModulus;
  const bool is_ssh = stanza.type == "ssh-ed25519";
  if (stanza.arguments.size() != (is_ssh ? 2 : 1) || stanza.body.size() != kWrappedFileKey) return false;
  const auto share = decode_base64(stanza.arguments.back(), Base64::kUnpadded);
  return share && share->size() == kPointSize;
}

PacketRecipient describe_stanza(const AgeStanza& stanza) {
  const bool is_known = stanza.type == "X25519" || names_key(stanza);
  if (is_known && !is_sound(stanza)) return damaged_recipient("age", "a damaged stanza " + stanza.type);
  if (stanza.type == "X25519") {
    return {.scheme = "age", .algorithm = stanza.type, .key_kind = "X25519", .text = "age X25519 key"};
  }
  if (!names_key(stanza)) return unusable_recipient("age", stanza.type, "not supported");
  const std::string& tag = stanza.arguments.front();
  return {.scheme = "age",
          .algorithm = stanza.type,
          .key_kind = stanza.type == "ssh-rsa" ? rsa_key_kind(stanza.body) : "Ed25519",
          .fingerprint = tag,
          .names_one_key = true,
          .text = "age " + stanza.type + " key " + tag};
}

std::vector<PacketRecipient> describe(std::string_view, ByteView packet) {
  // Another program may be configured under this name, but nothing shows that it made this.
  if (!as_text(packet).starts_with(kAgeStart)) return {unusable_recipient("age", {}, "not an age file")};
  std::vector<PacketRecipient> recipients;
  for (const AgeStanza& stanza : parse_age_header(packet).stanzas) {
    // Writers add such, for nobody, so that readers get used to kinds that they do not know.
    if (!stanza.type.ends_with("grease")) recipients.push_back(describe_stanza(stanza));
  }
  return recipients;
}

// The header is authenticated with the file key.
Bytes without(ByteView, const std::set<std::size_t>&) {
  throw Error(ErrorCode::kRefused,
              "one age file is for several recipients, which cannot be divided without a key",
              "remove all of them, or use recipients replace");
}

// "ssh-rsa AAAA... comment", the only kind of key that packets name.
std::string tag_of(std::string_view line) {
  const std::string_view blob = line.substr(std::min(line.find(' '), line.size() - 1) + 1);
  const auto key = line.starts_with("ssh-") ? decode_base64(blob.substr(0, blob.find(' ')), Base64::kStandard)
                                            : std::nullopt;
  if (key) return ssh_key_tag(*key);
  throw Error(ErrorCode::kUsage, "of the keys that open an age file, only SSH keys are named in it",
              "imgcrypt recipients list numbers the recipients: remove one with --index N");
}

RecipientPattern pattern_of(const std::string& value) {
  const SecretBytes text =
      find_provider_key(value) ? SecretBytes::copy_of(as_bytes(value)) : read_key_file(value);
  RecipientPattern pattern{.scheme = "age"};
  for_each_item_line(as_text(text.expose()), [&](std::string_view line, std::size_t) {
    pattern.fingerprints.push_back(tag_of(line));
  });
  if (pattern.fingerprints.empty())
    throw Error(ErrorCode::kUsage, "it names no recipient", "write one a line");
  return pattern;
}

}  // namespace

constinit const Scheme kAgeScheme = {
    .name = "age",
    .annotation = kAnnotation,
    .recipient_form = "age:RECIPIENT",
    .removal_form = "age:SSHKEY",
    .gather = [](const GatherOptions& options) -> std::unique_ptr<RecipientGatherer> {
      return std::make_unique<AgeRecipients>(options);
    },
    .pattern = pattern_of,
    .describe = describe,
    .without = without,
    .provider_of = [](std::string_view) { return std::string(kProviderName); },
    .parse_key = [](std::string_view value) { return NamedProvider{kProviderName, std::string(value)}; },
    .key_form = "age:FILE",
    .own_providers = kOwnProviders};

}  // namespace imgcrypt
