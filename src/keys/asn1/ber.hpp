// Turns BER (X.690), as streaming writers make it, into what DerReader reads: definite lengths, octet strings
// in one piece. Nothing else is made canonical, neither the order of a SET nor a value. Used for PKCS7
// packets. A pure function.
#pragma once

#include "base/bytes.hpp"

#include <optional>

namespace imgcrypt {

// The first element of `ber`; what follows it is ignored. nullopt: not BER, cut off, nested deeper than 32
// levels, or with tag numbers above 30. Needs memory of the order of `ber`.
[[nodiscard]] std::optional<Bytes> der_from_ber(ByteView ber);

}  // namespace imgcrypt
