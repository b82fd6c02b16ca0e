#include "keywrap/provider/own_programs.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

constexpr std::array kPrograms = {
    OwnProgram{"age", IMGCRYPT_AGE, "IMGCRYPT_AGE"},          OwnProgram{"coco", true, {}},
    OwnProgram{"grpc", IMGCRYPT_GRPC, "IMGCRYPT_GRPC"},       OwnProgram{"pgp", IMGCRYPT_PGP, "IMGCRYPT_PGP"},
    OwnProgram{"pkcs11", IMGCRYPT_PKCS11, "IMGCRYPT_PKCS11"}, OwnProgram{"sodium", true, {}},
    OwnProgram{"tpm2", IMGCRYPT_TPM2, "IMGCRYPT_TPM2"}};

}  // namespace

std::span<const OwnProgram> own_programs() { return kPrograms; }

const OwnProgram* find_left_out(std::string_view program) {
  constexpr std::string_view kStart = "keyprovider-";
  const auto* const found = std::ranges::find_if(kPrograms, [&](const OwnProgram& own) {
    return !own.is_built && program.starts_with(kStart) && program.substr(kStart.size()) == own.kind;
  });
  return found == kPrograms.end() ? nullptr : found;
}

}  // namespace imgcrypt
