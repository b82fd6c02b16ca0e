// What is wrong with a blob of a local store, told alike for all of them. Free functions.
#pragma once

#include "oci/descriptor.hpp"

#include <imgcrypt/error.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

// "blob sha256:..."
[[nodiscard]] std::string label(const Descriptor& blob);

// kNotFound; `store` is a path.
[[nodiscard]] Error missing_blob(const Descriptor& blob, const std::string& store);

// Throws kIntegrity when `found`, in bytes, is not the size that the descriptor says.
void require_size(const Descriptor& blob, std::uint64_t found);

// Throws kIntegrity when content that was written, and whose source does not check itself, is not what was
// announced. `expected` is nullopt where the digest was not known before.
void require_content(const std::optional<Digest>& expected, std::uint64_t expected_size, const Digest& digest,
                     std::uint64_t size);

// Throws kRefused for a document that readers would refuse for its size, and as check_json: once it was
// written, it would lock the image.
void require_readable_document(const Descriptor& descriptor, std::string_view text);

}  // namespace imgcrypt
