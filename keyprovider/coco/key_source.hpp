// Where keys come from: files of exactly 32 raw bytes, resource files and repositories of the key broker, and
// the sample key that is published in coco_keyprovider's source. Nothing is cached; safe in every thread.
#pragma once

#include "base/secret_bytes.hpp"
#include "keyprovider/coco/key_id.hpp"

#include <optional>
#include <string>

namespace imgcrypt::keyprovider::coco {

// The name by which packets say that they were wrapped with it.
inline constexpr const char* kSampleKeyId = "kbs:///default/test-key/1";

// Everybody knows it: it protects nothing.
[[nodiscard]] SecretBytes sample_key();

// Throws kNotFound or kOther if the file cannot be read, kUsage if it does not have 32 bytes, kRefused if it
// has more than 4 KiB; each names the file.
[[nodiscard]] SecretBytes read_key_file(const std::string& file);

// `resources` is a JSON file that maps REPOSITORY/TYPE/TAG to base64, like those that offline_fs_kbc of
// confidential-containers reads, or a directory with a file REPOSITORY/TYPE/TAG for each key, like that of
// trustee's key broker. nullopt if it does not have the key, or if a plug-in keeps it. Throws like
// read_key_file, and kIntegrity for malformed JSON or base64; each names the file.
[[nodiscard]] std::optional<SecretBytes> find_resource(const std::string& resources, const KeyId& id);

}  // namespace imgcrypt::keyprovider::coco
