#include "keywrap/described_recipient.hpp"

#include <string_view>

namespace imgcrypt {
namespace {

constexpr std::string_view kProviderPrefix = "provider:";
constexpr std::size_t kSmallestModulus = 128;  // bytes; what is not between is no RSA key that anyone has
constexpr std::size_t kLargestModulus = 2048;

std::string with_space(const std::string& text) { return text.empty() ? text : " " + text; }

}  // namespace

bool DescribedRecipient::is_provider() const { return scheme.starts_with(kProviderPrefix); }

std::string DescribedRecipient::text() const {
  if (is_provider()) return "key provider " + scheme.substr(kProviderPrefix.size());
  const std::string start = scheme + with_space(algorithm);
  if (!problem.empty()) return start + " (" + problem + ")";
  if (scheme == "pkcs7") return scheme + " RSA certificate " + fingerprint;
  if (fingerprint.empty()) return start + " unknown" + with_space(key_kind) + " recipient";
  return start + (key_kind.starts_with("RSA") ? "" : with_space(key_kind)) + " key " + fingerprint;
}

std::string rsa_key_kind(ByteView encrypted_key) {
  const bool is_plausible =
      encrypted_key.size() >= kSmallestModulus && encrypted_key.size() <= kLargestModulus;
  return is_plausible ? "RSA " + std::to_string(encrypted_key.size() * 8) : "RSA";
}

}  // namespace imgcrypt
