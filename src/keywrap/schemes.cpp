#include "keywrap/schemes.hpp"

#include "keywrap/jwe.hpp"
#include "keywrap/pkcs7.hpp"

#include <array>

namespace imgcrypt {

std::span<const Scheme> schemes() {
  static constexpr std::array kSchemes = {Scheme{"jwe", kJweAnnotation, describe_jwe},
                                          Scheme{"pkcs7", kPkcs7Annotation, describe_pkcs7}};
  return kSchemes;
}

}  // namespace imgcrypt
