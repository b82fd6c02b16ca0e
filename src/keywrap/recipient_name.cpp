#include "keywrap/recipient_name.hpp"

#include "keys/certificate.hpp"
#include "keys/key_file.hpp"
#include "keywrap/recipient.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr std::size_t kShortestBeginning = 8;  // characters

std::vector<std::string> ids_of_key(const std::string& file) {
  const PublicJwk key = parse_recipient_key(read_key_file(file).expose());
  std::vector<std::string> ids = {key.key.thumbprint()};
  if (!key.key_id.empty()) ids.push_back(key.key_id);
  return ids;
}

}  // namespace

RecipientName RecipientName::parse(const std::string& text) {
  RecipientName name;
  try {
    if (const auto provider = parse_provider_string(text)) {
      // Packets of providers do not say whose they are.
      if (provider->parameter != kProviderEnabled) {
        throw Error(ErrorCode::kUsage, "who of a key provider's recipients is whom is not known",
                    "provider:" + provider->name + " removes all of them; recipients replace sets new ones");
      }
      name.scheme_ = "provider:" + provider->name;
    } else if (text.starts_with("jwe:")) {
      name.scheme_ = "jwe";
      name.ids_ = ids_of_key(text.substr(4));
    } else if (text.starts_with("pkcs7:")) {
      name.scheme_ = "pkcs7";
      const Certificate certificate = Certificate::parse(read_key_file(text.substr(6)).expose());
      name.ids_ = {describe_issuer(certificate.issuer(), certificate.serial())};
    } else {
      name.id_begins_ = text;
    }
  } catch (const Error& error) {
    throw Error(ErrorCode::kUsage, "recipient " + text + ": " + error.message(), error.hint());
  }
  return name;
}

bool RecipientName::fits(const DescribedRecipient& recipient) const {
  if (!id_begins_.empty()) {
    return id_begins_.size() < kShortestBeginning ? recipient.fingerprint == id_begins_
                                                  : recipient.fingerprint.starts_with(id_begins_);
  }
  if (recipient.scheme != scheme_) return false;
  return ids_.empty() || std::ranges::find(ids_, recipient.fingerprint) != ids_.end();
}

}  // namespace imgcrypt
