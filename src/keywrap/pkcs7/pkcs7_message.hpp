// CMS EnvelopedData (RFC 5652 section 6) as ocicrypt tools write it: its shape, without cryptography. For the
// sources of this folder. Values that own their bytes.
#pragma once

#include "base/bytes.hpp"

#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

// AlgorithmIdentifier (RFC 5280 section 4.1.1.2).
struct AlgorithmId {
  Bytes object_id;   // the content of the OBJECT IDENTIFIER
  Bytes parameters;  // a whole element; empty when absent
};

// KeyTransRecipientInfo by issuer and serial number. For a recipient of another kind `unsupported` says what
// it is, and the rest is empty.
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
  // The ciphertext; with AES-GCM its tag follows in the same string.
  Bytes content;

  // Reads what Go's libraries read: BER, any version number, anything after the known elements; besides,
  // kinds of recipients that they do not know are not an error. Throws kIntegrity for what is not a message,
  // kRefused for one of another type or larger than kMostPacketBytes.
  static Pkcs7Message parse(ByteView packet);
  // The message without the recipients at these positions, of whatever kind, in DER. Throws as parse.
  static Bytes without(ByteView packet, const std::set<std::size_t>& positions);
  // In DER, which gives the recipients their order. REQUIRES: no recipient is unsupported.
  [[nodiscard]] Bytes encode() const;
};

}  // namespace imgcrypt
