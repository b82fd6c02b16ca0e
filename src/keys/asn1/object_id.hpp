// Names of object identifiers, for messages. A pure function.
#pragma once

#include "base/bytes.hpp"

#include <string>

namespace imgcrypt {

// `content` is that of the OBJECT IDENTIFIER. "des-cbc"; "1.2.3" for one without a name; "of an unknown name"
// for what is not one. Short printable ASCII whatever the bytes are.
[[nodiscard]] std::string describe_object_id(ByteView content);

}  // namespace imgcrypt
