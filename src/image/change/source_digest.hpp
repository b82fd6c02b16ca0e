// The annotation in which a document records its own digest before its layers were encrypted, so that decrypt
// can tell whether it has given back the same document (docs/formats.md, "Annotations"). A note, not a proof:
// whoever can change the document can change it.
#pragma once

namespace imgcrypt {

inline constexpr const char* kSourceDigest = "dev.imgcrypt.source.digest";

}  // namespace imgcrypt
