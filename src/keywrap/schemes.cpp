#include "keywrap/schemes.hpp"

#include "keywrap/jwe/jwe.hpp"
#include "keywrap/jwe/jwe_message.hpp"
#include "keywrap/pkcs7/pkcs7.hpp"
#include "keywrap/pkcs7/pkcs7_message.hpp"

#include <array>

namespace imgcrypt {

std::span<const Scheme> schemes() {
  static constexpr std::array kSchemes = {
      Scheme{"jwe", kJweAnnotation, describe_jwe, JweMessage::without},
      Scheme{"pkcs7", kPkcs7Annotation, describe_pkcs7, Pkcs7Message::without}};
  return kSchemes;
}

}  // namespace imgcrypt
