// The row of the scheme `pgp` in the table of schemes.cpp.
#pragma once

#include "keywrap/schemes.hpp"

namespace imgcrypt {

extern const Scheme kPgpScheme;

}  // namespace imgcrypt
