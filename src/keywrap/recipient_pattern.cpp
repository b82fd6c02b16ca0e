#include "keywrap/recipient_pattern.hpp"

#include "keywrap/schemes.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

// As recipients are removed by it, a beginning must not fit several keys by chance. Shorter texts must be
// whole key ids, which a JWK may choose freely.
constexpr std::size_t kShortestBeginning = 8;  // characters

}  // namespace

RecipientPattern RecipientPattern::parse(const std::string& text) {
  const auto named = parse_scheme_string(text);
  if (!named) return {.beginning = text};
  try {
    return named->scheme->pattern(named->value);
  } catch (const Error& error) {
    throw Error(ErrorCode::kUsage, "recipient " + text + ": " + error.message(), error.hint());
  }
}

bool RecipientPattern::matches(const PacketRecipient& recipient) const {
  if (is_beginning()) {
    return beginning.size() < kShortestBeginning ? recipient.fingerprint == beginning
                                                 : recipient.fingerprint.starts_with(beginning);
  }
  if (recipient.scheme != scheme) return false;
  return fingerprints.empty() || std::ranges::find(fingerprints, recipient.fingerprint) != fingerprints.end();
}

}  // namespace imgcrypt
