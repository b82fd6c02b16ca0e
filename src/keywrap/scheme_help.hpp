// The schemes and devices in help texts and hints: made from the tables, so that no text forgets one. Used by
// the command line and by errors.
#pragma once

#include <string>

namespace imgcrypt {

class PublicKey;

// Of recipients to encrypt for: "jwe:PUBLICKEY, pkcs7:CERTIFICATE or provider:NAME[:PARAMETER]".
[[nodiscard]] std::string recipient_forms();
// Of recipients that an image has: "jwe:PUBLICKEY, pkcs7:CERTIFICATE, provider:NAME for all of that
// provider".
[[nodiscard]] std::string removal_forms();
// Of keys that are not files: "provider:NAME[:PARAMETER] or tpm2:HANDLE|FILE".
[[nodiscard]] std::string key_forms();
// Of recipients whose certificate narrows down what a private key is tried for: "pkcs7:CERTIFICATE".
[[nodiscard]] std::string certificate_forms();
// The schemes whose packets the key's private half may open: "jwe and pkcs7".
[[nodiscard]] std::string schemes_opened_by(const PublicKey& key);

}  // namespace imgcrypt
