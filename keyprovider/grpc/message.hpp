// The messages of keyprovider.KeyProviderService: requests and answers have one field, number 1, of the type
// bytes, which is a document of the keyprovider protocol. Used by both sides. Pure functions.
#pragma once

#include "base/secret_bytes.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt::keyprovider::remote {

// The message with this document.
[[nodiscard]] SecretBytes encode_message(ByteView document);

// The document of a message. As protocol buffers have it, other fields are passed over and the last of
// several counts; a message without the field has an empty document. Throws kIntegrity for what is not a
// message.
[[nodiscard]] SecretBytes decode_message(ByteView message);

}  // namespace imgcrypt::keyprovider::remote
