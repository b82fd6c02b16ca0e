// The textual encoding of keys (RFC 7468), with the RFC 1421 headers of traditional encrypted keys. For the
// sources of this folder and tests.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace imgcrypt {

struct PemBlock {
  std::string_view label;  // "PRIVATE KEY"
  std::string_view text;   // from BEGIN line to END line, inclusive
  // By a header such as "DEK-Info:" (RFC 1421 section 4.6.1.3), which says how: only OpenSSL's PEM decoder
  // can then read the text. Other headers mean nothing.
  bool is_encrypted = false;
  SecretBytes der;  // empty when is_encrypted
};

// Every block of the text, in order, without what is between them. The views live as long as `text`. Throws
// kUsage for a block that does not end or is not base64.
[[nodiscard]] std::vector<PemBlock> split_pem(std::string_view text);

}  // namespace imgcrypt
