#include "transport/files/blob_faults.hpp"

#include "base/text/json.hpp"
#include "oci/manifest.hpp"

namespace imgcrypt {

std::string label(const Descriptor& blob) { return "blob " + blob.digest.string(); }

Error missing_blob(const Descriptor& blob, const std::string& store) {
  return {ErrorCode::kNotFound, label(blob) + " is missing in " + store, "copy the whole image again"};
}

void require_size(const Descriptor& blob, std::uint64_t found) {
  if (found == blob.size) return;
  throw Error(ErrorCode::kIntegrity,
              label(blob) + " or its descriptor is damaged: it has " + std::to_string(found) +
                  " bytes, but the descriptor says " + std::to_string(blob.size),
              "fetch the image again from an intact copy");
}

void require_content(const std::optional<Digest>& expected, std::uint64_t expected_size, const Digest& digest,
                     std::uint64_t size) {
  if (expected && *expected != digest) {
    throw Error(ErrorCode::kIntegrity, "blob " + expected->string() +
                                           " is damaged: the digest of its content is " + digest.string());
  }
  if (size == expected_size) return;
  throw Error(ErrorCode::kIntegrity, "blob " + digest.string() + " is damaged: it has " +
                                         std::to_string(size) + " of " + std::to_string(expected_size) +
                                         " bytes");
}

void require_readable_document(const Descriptor& descriptor, std::string_view text) {
  if (text.size() > kMostDocumentBytes) {
    throw Error(ErrorCode::kRefused,
                "document " + descriptor.digest.string() + " would be larger than 4 MiB");
  }
  check_json(text);
}

}  // namespace imgcrypt
