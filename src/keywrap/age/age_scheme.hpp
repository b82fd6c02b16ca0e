// The row of the scheme `age` in the table of schemes.cpp.
#pragma once

#include "keywrap/schemes.hpp"

namespace imgcrypt {

extern const Scheme kAgeScheme;

}  // namespace imgcrypt
