// Names of object identifiers, for messages.
#pragma once

#include "base/bytes.hpp"

#include <string>

namespace imgcrypt {

// "des-cbc", "1.2.3" for one without a name: short printable ASCII whatever the bytes are.
[[nodiscard]] std::string describe_object_id(ByteView content);

}  // namespace imgcrypt
