#include "keywrap/private_key_unwrapper.hpp"

#include "keywrap/jwe/jwe.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {

bool PrivateKeyUnwrapper::reads(std::string_view annotation) const {
  return annotation == kJweAnnotation ||
         (annotation == kPkcs7Annotation && key_.public_key().kind() == KeyKind::kRsa);
}

std::string PrivateKeyUnwrapper::description() const {
  return name_ + " (" + key_.public_key().description() + ")";
}

std::optional<SecretBytes> PrivateKeyUnwrapper::unwrap(std::string_view annotation, ByteView packet,
                                                       Attempts& attempts) const {
  if (annotation == kJweAnnotation) return unwrap_jwe(key_, packet, attempts);
  auto options = unwrap_pkcs7(key_, certificates_, legacy_, packet, attempts);
  if (options || certificates_.empty()) return options;
  throw Error(ErrorCode::kNoKey, "it is not wrapped for the certificate that was given",
              "leave the certificate out: then everything that the key might open is tried");
}

}  // namespace imgcrypt
