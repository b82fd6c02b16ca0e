// The row of the scheme `jwe` in the table of schemes.cpp.
#pragma once

#include "keywrap/schemes.hpp"

namespace imgcrypt {

extern const Scheme kJweScheme;

}  // namespace imgcrypt
