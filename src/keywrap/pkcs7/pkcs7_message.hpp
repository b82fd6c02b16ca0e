// CMS EnvelopedData (RFC 5652 section 6) as the field's writers make it: its shape alone, no cryptography.
#pragma once

#include "base/bytes.hpp"

#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

struct AlgorithmId {
  Bytes object_id;   // the content of the OBJECT IDENTIFIER
  Bytes parameters;  // a whole element; empty when absent
};

// KeyTransRecipientInfo by issuer and serial number. `unsupported` says what a recipient of another kind is;
// the rest is then empty.
struct Pkcs7Recipient {
  std::string unsupported;
  Bytes issuer;  // the DER of the Name
  Bytes serial;  // the content of the INTEGER
  AlgorithmId key_encryption;
  Bytes encrypted_key;
};

struct Pkcs7Message {
  std::vector<Pkcs7Recipient> recipients;
  AlgorithmId content_encryption;
  Bytes content;

  // As Go reads: BER, version numbers not looked at, what stands behind the known elements ignored; but kinds
  // of recipients that it does not know are no error. Throws kIntegrity for what is no message, kRefused for
  // one of another type or of more than 64 KiB.
  static Pkcs7Message parse(ByteView packet);
  // DER of the message without the recipients at these positions, of whatever kind; throws as parse.
  static Bytes without(ByteView packet, const std::set<std::size_t>& positions);
  // DER; recipients in DER's order. REQUIRES: no recipient is unsupported.
  [[nodiscard]] Bytes encode() const;
};

}  // namespace imgcrypt
