// Which recipients of an encrypted image the user means, e.g. to remove them. A value; the files that it
// names are read once, when it is parsed.
#pragma once

#include "keywrap/packet_recipient.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

// Shorter texts must be whole key ids, which a JWK may choose freely. A beginning that fits several keys by
// chance is not the pattern's to judge: whoever asks has all of them.
inline constexpr std::size_t kShortestBeginning = 4;  // characters

struct RecipientPattern {
  std::string scheme = {};                     // as PacketRecipient::scheme; empty: any
  std::vector<std::string> fingerprints = {};  // any of these; empty: every recipient of the scheme
  std::string beginning = {};                  // of the fingerprint; used alone

  // SCHEME:VALUE in the form that the scheme has for it (schemes.hpp). Anything else is a whole fingerprint
  // or key id, or the beginning of one, at least 4 characters. Reads the files; throws kUsage, naming the
  // recipient.
  static RecipientPattern parse(const std::string& text);

  // Whether it may match keys that differ.
  [[nodiscard]] bool is_beginning() const noexcept { return !beginning.empty(); }
  // A beginning that is not enough to choose by: only a whole key id of this text fits.
  [[nodiscard]] bool is_too_short() const noexcept;
  // Compares texts that the packet claims; nothing is decrypted. Nobody has authenticated them.
  [[nodiscard]] bool matches(const PacketRecipient& recipient) const;
};

}  // namespace imgcrypt
