#include "keyprovider/coco/key_source.hpp"

#include "base/process/fd.hpp"
#include "base/text/encoding.hpp"
#include "base/text/json.hpp"
#include "keyprovider/coco/packet.hpp"

#include <array>
#include <filesystem>

namespace imgcrypt::keyprovider::coco {
namespace {

constexpr std::size_t kMostResourceFileBytes = 4 * 1024 * 1024;

// Exactly: a key in hex or base64 would have its length wrong, and cutting it would make a weak one.
SecretBytes checked(SecretBytes key, const std::string& place) {
  if (key.size() == kKeySize) return key;
  throw Error(ErrorCode::kUsage,
              place + " holds " + std::to_string(key.size()) + " bytes; a key has exactly 32",
              "head -c 32 /dev/urandom makes one: raw bytes, neither hex nor base64");
}

// The file also contains other keys, so it is read in place: a tree would leave copies that are not wiped.
std::optional<SecretBytes> find_in_text(std::string_view text, const std::string& path) {
  const auto value = JsonView(text).find(path);
  if (!value) return std::nullopt;
  auto key = decode_base64_secret(value->plain_string(), Base64::kStandard);
  if (!key) throw Error(ErrorCode::kUsage, path + " is not base64");
  return checked(std::move(*key), path);
}

std::optional<SecretBytes> find_in_file(const std::string& file, const std::string& path) {
  const SecretBytes content = read_secret_file(file, kMostResourceFileBytes);
  try {
    return find_in_text(as_text(content.expose()), path);
  } catch (const Error& error) {
    throw Error(ErrorCode::kUsage, file + ": " + error.message(), error.hint());
  }
}

std::optional<SecretBytes> find_in_directory(const std::string& directory, const std::string& path) {
  try {
    return read_key_file(directory + "/" + path);
  } catch (const Error& error) {
    // Another place may have it. A file that is there and cannot be read is an error.
    if (error.code() == ErrorCode::kNotFound) return std::nullopt;
    throw;
  }
}

}  // namespace

SecretBytes sample_key() {
  static constexpr std::array<std::uint8_t, kKeySize> kPublished = {
      0xd9, 0x9b, 0x77, 0x05, 0xb0, 0xba, 0x7a, 0x16, 0x82, 0x95, 0xb3, 0xa3, 0x36, 0x72, 0x70, 0xb0,
      0xdd, 0x9b, 0x37, 0x1b, 0xf5, 0x14, 0xca, 0x8b, 0x9b, 0xa7, 0xf0, 0xa3, 0x37, 0x11, 0xda, 0xea};
  return SecretBytes::copy_of(kPublished);
}

SecretBytes read_key_file(const std::string& file) {
  constexpr std::size_t kMostKeyFileBytes = 4 * 1024;
  try {
    return checked(read_secret_file(file, kMostKeyFileBytes), file);
  } catch (const Error& error) {
    const bool is_of_file = error.code() == ErrorCode::kOther || error.code() == ErrorCode::kRefused;
    throw Error(is_of_file ? ErrorCode::kUsage : error.code(), error.message(), error.hint());
  }
}

std::optional<SecretBytes> find_resource(const std::string& resources, const KeyId& id) {
  const auto path = id.resource_path();
  if (!path) return std::nullopt;
  std::error_code error;
  return std::filesystem::is_directory(resources, error) ? find_in_directory(resources, *path)
                                                         : find_in_file(resources, *path);
}

}  // namespace imgcrypt::keyprovider::coco
