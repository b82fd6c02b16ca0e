// How reports name documents, media types and digests. All is ASCII, so that a byte is a column.
#pragma once

#include "image/inspect.hpp"

#include <string>
#include <string_view>

namespace imgcrypt::cli {

// The word for it, in the tree as in JSON: "image", "index".
[[nodiscard]] std::string_view word_of(DocumentKind kind);

// The word, and the platform of an image: "image linux/arm64".
[[nodiscard]] std::string title_of(const DocumentReport& document);

// "tar+gzip", "Docker tar+gzip", "nondistributable tar+gzip", "config"; without the suffix of encryption.
[[nodiscard]] std::string short_type(const std::string& media_type);

// "sha256:0123456789ab", as many digits as Docker shows.
[[nodiscard]] std::string short_digest(const Digest& digest);

}  // namespace imgcrypt::cli
