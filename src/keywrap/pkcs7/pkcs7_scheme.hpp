// The row of the scheme `pkcs7` in the table of schemes.cpp.
#pragma once

#include "keywrap/schemes.hpp"

namespace imgcrypt {

extern const Scheme kPkcs7Scheme;

}  // namespace imgcrypt
