// Where keys are: files of exactly 32 raw bytes, resource files and repositories of the key broker, and the
// sample key that coco_keyprovider has published.
#pragma once

#include "base/secret_bytes.hpp"
#include "keyprovider/coco/key_id.hpp"

#include <optional>
#include <string>

namespace imgcrypt::keyprovider::coco {

inline constexpr const char* kSampleKeyId = "kbs:///default/test-key/1";

[[nodiscard]] SecretBytes sample_key();

// Throws Error naming the file.
[[nodiscard]] SecretBytes read_key_file(const std::string& file);

// `resources` is a JSON file that maps REPOSITORY/TYPE/TAG to base64, as the offline_fs_kbc of
// confidential-containers reads it, or a directory with a file REPOSITORY/TYPE/TAG, as trustee's key broker
// keeps it. nullopt: it has no such key. Throws Error naming `resources`.
[[nodiscard]] std::optional<SecretBytes> find_resource(const std::string& resources, const KeyId& id);

}  // namespace imgcrypt::keyprovider::coco
