#include "keywrap/private_key_unwrapper.hpp"

#include "keywrap/jwe.hpp"

namespace imgcrypt {

bool PrivateKeyUnwrapper::reads(std::string_view annotation) const {
  return annotation == kJweAnnotation ||
         (annotation == kPkcs7Annotation && key_.public_key().kind() == KeyKind::kRsa);
}

std::string PrivateKeyUnwrapper::description() const {
  return name_ + " (" + key_.public_key().description() + ")";
}

std::optional<SecretBytes> PrivateKeyUnwrapper::unwrap(std::string_view annotation, ByteView packet) const {
  return annotation == kJweAnnotation ? unwrap_jwe(key_, packet)
                                      : unwrap_pkcs7(key_, certificates_, legacy_, packet);
}

}  // namespace imgcrypt
