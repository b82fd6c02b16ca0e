// The annotation in which a document records its own digest before its layers were encrypted, so that decrypt
// can tell whether it has given back the same document (docs/formats.md, "Annotations"). A note, not a proof:
// whoever can change the document can change it. Pure functions over values.
#pragma once

#include "oci/descriptor.hpp"

#include <optional>
#include <string>

namespace imgcrypt {

// The name of the newest record; nullopt where there is none. A tool that does not know the annotation leaves
// it on what it decrypts. When that is encrypted again, the new record gets a longer name, and the old one
// keeps its bytes: it is part of the document that decrypting gives back.
[[nodiscard]] std::optional<std::string> newest_record(const Annotations& annotations);
// The name for a record that is newer than all of `annotations`.
[[nodiscard]] std::string next_record(const Annotations& annotations);

}  // namespace imgcrypt
