#include "keywrap/recipient_pattern.hpp"

#include "keywrap/file_forms.hpp"
#include "keywrap/schemes.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
RecipientPattern RecipientPattern::parse(const std::string& text) {
  const auto named = parse_scheme_string(text);
  if (!named) {
    const std::string meant = hint_for_recipient(text);
    if (meant.empty()) return {.beginning = text};
    throw Error(ErrorCode::kUsage, "recipient " + text + ": neither a fingerprint nor of a known scheme",
                meant);
  }
  try {
    return named->scheme->pattern(named->value);
  } catch (const Error& error) {
    throw Error(ErrorCode::kUsage, "recipient " + text + ": " + error.message(),
                error.hint().empty() ? hint_for_recipient(text) : error.hint());
  }
}

bool RecipientPattern::is_too_short() const noexcept {
  return is_beginning() && beginning.size() < kShortestBeginning;
}

bool RecipientPattern::matches(const PacketRecipient& recipient) const {
  if (is_beginning()) {
    return is_too_short() ? recipient.fingerprint == beginning : recipient.fingerprint.starts_with(beginning);
  }
  if (recipient.scheme != scheme) return false;
  return fingerprints.empty() || std::ranges::find(fingerprints, recipient.fingerprint) != fingerprints.end();
}

}  // namespace imgcrypt
