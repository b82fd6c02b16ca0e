// The names of the files of a dir: directory, as skopeo writes it: the root document is manifest.json, the
// documents below an index are HEX.manifest.json, and blobs are HEX.
#pragma once

#include "oci/digest.hpp"

#include <string>
#include <string_view>

namespace imgcrypt {

inline constexpr const char* kDirRoot = "manifest.json";
inline constexpr const char* kDirVersionFile = "version";
inline constexpr std::string_view kDirVersion = "Directory Transport Version: ";

[[nodiscard]] inline std::string dir_document(const Digest& digest) {
  return digest.hex() + ".manifest.json";
}

// Whether a file of that name belongs to an image, root and version apart: a blob, a document or a signature.
[[nodiscard]] bool is_dir_file(std::string_view name);

}  // namespace imgcrypt
