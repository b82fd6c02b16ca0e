// The row of the scheme `provider` in the table of schemes.cpp.
#pragma once

#include "keywrap/schemes.hpp"

namespace imgcrypt {

extern const Scheme kProviderScheme;

}  // namespace imgcrypt
