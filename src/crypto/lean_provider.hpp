// OpenSSL's own algorithms without those that no image or key file uses.
#pragma once

namespace imgcrypt {

// Whoever asks OpenSSL for its first cipher waits until it has listed all that its provider offers, some 130;
// the same goes for hashes. Afterwards, it finds the algorithms of its default provider, but of the ciphers
// only those of layers, wrapped keys and key files, and of the hashes only MD5 (old key files), SHA-1 and
// SHA-2. Throws kOther. REQUIRES: nothing in this process has asked OpenSSL for an algorithm before.
void load_lean_provider();

}  // namespace imgcrypt
