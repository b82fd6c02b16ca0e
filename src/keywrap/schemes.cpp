#include "keywrap/schemes.hpp"

#include "keywrap/jwe.hpp"

#include <array>

namespace imgcrypt {

std::span<const Scheme> schemes() {
  static constexpr std::array kSchemes = {Scheme{"jwe", kJweAnnotation, describe_jwe}};
  return kSchemes;
}

}  // namespace imgcrypt
