#include "keywrap/packet_recipient.hpp"

namespace imgcrypt {
namespace {

// Wider than what we accept at the lower end: lists also show what we cannot open.
constexpr std::size_t kSmallestModulus = 128;  // bytes
constexpr std::size_t kLargestModulus = 2048;

}  // namespace

PacketRecipient unusable_recipient(std::string scheme, std::string algorithm, std::string problem) {
  PacketRecipient recipient;
  recipient.text = scheme + (algorithm.empty() ? "" : " ") + algorithm + " (" + problem + ")";
  recipient.scheme = std::move(scheme);
  recipient.algorithm = std::move(algorithm);
  recipient.problem = std::move(problem);
  return recipient;
}

PacketRecipient damaged_recipient(std::string scheme, const std::string& why) {
  PacketRecipient recipient = unusable_recipient(std::move(scheme), {}, "cannot be read: " + why);
  recipient.is_damaged = true;
  return recipient;
}

std::string rsa_key_kind(ByteView encrypted_key) {
  const bool is_plausible =
      encrypted_key.size() >= kSmallestModulus && encrypted_key.size() <= kLargestModulus;
  return is_plausible ? "RSA " + std::to_string(encrypted_key.size() * 8) : "RSA";
}

}  // namespace imgcrypt
