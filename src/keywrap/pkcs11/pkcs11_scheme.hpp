// The row of the scheme `pkcs11` in the table of schemes.cpp.
#pragma once

#include "keywrap/schemes.hpp"

namespace imgcrypt {

extern const Scheme kPkcs11Scheme;

}  // namespace imgcrypt
