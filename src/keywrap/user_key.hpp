// A private key, and what the user said about its use. The schemes that private keys open unwrap with it.
// Immutable; safe for use by several threads.
#pragma once

#include "keys/certificate.hpp"
#include "keys/key.hpp"

#include <vector>

namespace imgcrypt {

// Whether packets are opened whose encryption nothing authenticates, such as PKCS7 with AES-CBC or 3DES. Who
// can change such a packet can change what comes out of it, and may learn the private options from our
// verdicts. So the user has to ask for it.
enum class UnauthenticatedPackets { kRefused, kAllowed };

struct UserKey {
  PrivateKey key;
  std::vector<Certificate> certificates =
      {};  // of this key: if there are any, they choose the recipients to try
  UnauthenticatedPackets unauthenticated = UnauthenticatedPackets::kRefused;
};

}  // namespace imgcrypt
