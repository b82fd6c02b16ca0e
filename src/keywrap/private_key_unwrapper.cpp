#include "keywrap/private_key_unwrapper.hpp"

#include "keywrap/schemes.hpp"

namespace imgcrypt {

bool PrivateKeyUnwrapper::reads(std::string_view annotation) const {
  const Scheme* scheme = scheme_of(annotation);
  return scheme != nullptr && scheme->opens_with != nullptr && scheme->opens_with(key_.key.public_key());
}

std::string PrivateKeyUnwrapper::description() const {
  return name_ + " (" + key_.key.public_key().description() + ")";
}

std::optional<SecretBytes> PrivateKeyUnwrapper::unwrap(std::string_view annotation, ByteView packet,
                                                       Attempts& attempts) const {
  return scheme_of(annotation)->unwrap(key_, packet, attempts);
}

}  // namespace imgcrypt
