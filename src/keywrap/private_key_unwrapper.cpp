#include "keywrap/private_key_unwrapper.hpp"

#include "keywrap/jwe.hpp"

namespace imgcrypt {

bool PrivateKeyUnwrapper::reads(std::string_view annotation) const { return annotation == kJweAnnotation; }

std::string PrivateKeyUnwrapper::description() const {
  return name_ + " (" + key_.public_key().description() + ")";
}

std::optional<SecretBytes> PrivateKeyUnwrapper::unwrap(std::string_view, ByteView packet) const {
  return unwrap_jwe(key_, packet);
}

}  // namespace imgcrypt
