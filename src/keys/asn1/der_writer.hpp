// Writes DER (X.690), from the inside out. Pure functions; used by PKCS7 and by tests.
#pragma once

#include "keys/asn1/der.hpp"

#include <initializer_list>
#include <vector>

namespace imgcrypt {

// An element whose content is the parts, one after another.
// The length takes as few bytes as possible (X.690 section 10.1).
[[nodiscard]] Bytes der_element(DerTag tag, std::initializer_list<ByteView> parts);
// A SET OF these encodings, in the order that DER requires (X.690 section 11.6).
[[nodiscard]] Bytes der_set_of(std::vector<Bytes> elements);

}  // namespace imgcrypt
