// The annotation by which a document says what it was before its layers were encrypted, so that decrypt can
// tell whether it has given back the very same document.
#pragma once

namespace imgcrypt {

inline constexpr const char* kSourceDigest = "dev.imgcrypt.source.digest";

}  // namespace imgcrypt
