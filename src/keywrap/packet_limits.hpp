// How many wrapped keys a layer may have and how large they may be. What we write keeps these limits, and
// what we read beyond them is refused with kRefused before any cryptography. Key providers include this too.
#pragma once

#include <cstddef>

namespace imgcrypt {

// A pkcs7 packet is for all of its recipients, so this also bounds the certificates that we put into one.
inline constexpr std::size_t kMostPackets = 64;                     // in one annotation
inline constexpr std::size_t kMostPacketBytes = 64 * 1024;          // before base64
inline constexpr std::size_t kMostPrivateOptionsBytes = 16 * 1024;  // that a packet holds

}  // namespace imgcrypt
