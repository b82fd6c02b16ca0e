#include "keywrap/recipient.hpp"

#include "keys/key_file.hpp"
#include "keys/key_listing.hpp"
#include "keywrap/pkcs7/pkcs7.hpp"
#include "keywrap/provider/provider.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace imgcrypt {
namespace {

constexpr std::string_view kProviderPrefix = "provider:";

// What the recipients come to, scheme by scheme.
class Recipients {
 public:
  Recipients(const std::shared_ptr<KeyProviders>& providers, RecipientNames names, const TakeNote& note)
      : providers_(providers), names_(names), note_(note) {}

  void add(const std::string& recipient) {
    const std::size_t colon = recipient.find(':');
    const std::string_view scheme = std::string_view(recipient).substr(0, colon);
    const std::string value = colon == std::string::npos ? "" : recipient.substr(colon + 1);
    if (const auto provider = parse_provider_string(recipient)) {
      providers_->require(provider->name);
      parameters_[provider->name].push_back(provider->parameter);
    } else if (scheme == "jwe" && !value.empty()) {
      const SecretBytes file = read_key_file(value);
      const PublicJwk key = parse_recipient_key(file.expose());
      if (const std::size_t count = count_keys(file.expose()); count > 1)
        note_("recipient " + recipient + ": only the first of its " + std::to_string(count) +
              " keys is taken");
      const bool is_new = keys_.insert({key.key.thumbprint(), key.algorithm, key.key_id}).second;
      if (is_new) wrappers_.push_back(std::make_unique<JweWrapper>(key, names_));
    } else if (scheme == "pkcs7" && names_ == RecipientNames::kHidden) {
      throw Error(ErrorCode::kUsage, "PKCS7 packets name their recipient's certificate, it cannot be hidden",
                  "take its public key: openssl x509 -in CERTIFICATE -pubkey -noout > KEY; then jwe:KEY");
    } else if (scheme == "pkcs7" && !value.empty()) {
      add_certificate(recipient, value);
    } else {
      const bool has_scheme =
          !value.empty() && std::ranges::all_of(scheme, [](unsigned char c) { return std::isalnum(c) != 0; });
      throw Error(ErrorCode::kUsage,
                  has_scheme ? "the scheme " + std::string(scheme) + " is not supported"
                             : "not a recipient of a known scheme",
                  "write jwe:PUBLICKEY, pkcs7:CERTIFICATE or provider:NAME[:PARAMETER]");
    }
  }

  KeyWrappers finish() {
    if (!certificates_.empty()) wrappers_.push_back(std::make_unique<Pkcs7Wrapper>(std::move(certificates_)));
    for (auto& [name, parameters] : parameters_)
      wrappers_.push_back(std::make_unique<ProviderWrapper>(providers_, name, std::move(parameters)));
    return std::move(wrappers_);
  }

 private:
  void add_certificate(const std::string& recipient, const std::string& path) {
    const SecretBytes file = read_key_file(path);
    certificates_.push_back(Certificate::parse(file.expose()));
    check_pkcs7_recipient(certificates_.back());
    const std::size_t count = count_certificates(file.expose());
    if (count == 1) return;
    note_("recipient " + recipient + ": the first of its " + std::to_string(count) +
          " certificates is taken, " + certificates_.back().description());
  }

  const std::shared_ptr<KeyProviders>& providers_;
  RecipientNames names_;
  const TakeNote& note_;
  KeyWrappers wrappers_;
  std::set<std::array<std::string, 3>> keys_;  // that have a wrapper: once is enough
  std::vector<Certificate> certificates_;
  ProviderParameters parameters_;
};

// More packets than readers take would make an image that nobody opens.
void check_readable(const KeyWrappers& wrappers) {
  std::map<std::string, std::size_t> packets;
  for (const auto& wrapper : wrappers) {
    if (++packets[wrapper->annotation()] <= kMostPackets) continue;
    throw Error(ErrorCode::kUsage, "more than " + std::to_string(kMostPackets) + " recipients of one scheme",
                "give fewer recipients");
  }
}

}  // namespace

std::optional<ProviderString> parse_provider_string(std::string_view text) {
  if (!text.starts_with(kProviderPrefix)) return std::nullopt;
  text.remove_prefix(kProviderPrefix.size());
  const std::size_t colon = text.find(':');
  if (colon == 0 || text.empty())
    throw Error(ErrorCode::kUsage, "no name behind provider:", "write provider:NAME[:PARAMETER]");
  return ProviderString{std::string(text.substr(0, colon)), colon == std::string_view::npos
                                                                ? std::string(kProviderEnabled)
                                                                : std::string(text.substr(colon + 1))};
}

KeyWrappers parse_recipients(const std::vector<std::string>& recipients,
                             const std::shared_ptr<KeyProviders>& providers, const TakeNote& note,
                             RecipientNames names) {
  Recipients parsed(providers, names, note);
  for (const std::string& recipient : recipients) {
    try {
      parsed.add(recipient);
    } catch (const Error& error) {
      const ErrorCode code = error.code() == ErrorCode::kProvider ? error.code() : ErrorCode::kUsage;
      throw Error(code, "recipient " + recipient + ": " + error.message(), error.hint());
    }
  }
  KeyWrappers wrappers = parsed.finish();
  check_readable(wrappers);
  return wrappers;
}

}  // namespace imgcrypt
