#include "keywrap/schemes.hpp"

#include <array>

#include "keywrap/jwe.hpp"

namespace imgcrypt {

std::span<const Scheme> schemes() {
  static constexpr std::array kSchemes = {Scheme{"jwe", kJweAnnotation, describe_jwe}};
  return kSchemes;
}

}  // namespace imgcrypt
