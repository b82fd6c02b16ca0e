// How a program that holds private keys, e.g. in a TPM, is asked to use one (docs/formats.md, "Keys in
// devices"): one JSON document asks, and one answers. The documents travel like those of the keyprovider
// protocol, but no packet of an image becomes one: only keys that the user or the key directory names are
// asked so. This is both sides of it: for DevicePrivateKey and for the programs in keyprovider/. Pure
// functions, safe for use by several threads.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

// kNeedsPassphrase gives "yes" if the key says that it needs one, and nothing else does: before the user is
// asked. kDescribe gives the public half, as SubjectPublicKeyInfo in PEM, and is asked before the others,
// which are those of PrivateOperations.
enum class DeviceOperation { kNeedsPassphrase, kDescribe, kOaepSha1, kOaepSha256, kPkcs1, kAgree };

struct DeviceRequest {
  DeviceOperation operation = DeviceOperation::kDescribe;
  std::string key = {};                                  // what the user wrote after "tpm2:"
  std::optional<SecretBytes> passphrase = std::nullopt;  // nullopt: none was given
  // To decrypt: the ciphertext. To agree: the peer's public key, as SubjectPublicKeyInfo in PEM.
  Bytes data = {};
  std::string label = {};  // of OAEP
  std::size_t size = 0;    // of the message of PKCS #1 v1.5, in bytes
};

// The longest message that may be asked for, and the longest label and data that are sent.
inline constexpr std::size_t kMostDeviceMessageBytes = 2048;  // an RSA modulus of 16384 bits

// One line without its end.
[[nodiscard]] SecretBytes format_device_request(const DeviceRequest& request);
// Whether a document is such a request, and not one to wrap or unwrap. Throws kIntegrity for what is not a
// JSON object.
[[nodiscard]] bool is_device_request(ByteView document);
// Throws kIntegrity for what is not a request; kRefused beyond the limits. REQUIRES: is_device_request.
[[nodiscard]] DeviceRequest parse_device_request(ByteView document);

// nullopt: the ciphertext is not for this key. A failure is reported as to the keyprovider protocol
// (format_provider_failure).
[[nodiscard]] SecretBytes format_device_reply(const std::optional<SecretBytes>& result);
// nullopt when there is no result, which may be a failure. Throws kIntegrity for what is not a reply.
[[nodiscard]] std::optional<SecretBytes> parse_device_reply(ByteView document);

}  // namespace imgcrypt
