#include "keyprovider/sodium/key_file.hpp"

#include "keyprovider/key_places.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider::sodium {
namespace {

constexpr std::size_t kMostKeyFileBytes = 4 * 1024;

std::string_view without_line_end(std::string_view text) {
  // One, as we write it or as an editor made it: anything more is not our file.
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// What `parse` makes of the file's line.
template <typename Parse>
auto parse_file(const std::string& file, Parse parse) {
  return parse_key_file(file, kMostKeyFileBytes,
                        [&](std::string_view text) { return parse(without_line_end(text)); });
}

}  // namespace

PublicKey read_recipient(const std::string& file_or_text) {
  return file_or_text.starts_with(kPublicPrefix) ? PublicKey::parse(file_or_text)
                                                 : parse_file(file_or_text, PublicKey::parse);
}

PublicKey read_public_half(const std::string& file) {
  return parse_file(file, [](std::string_view text) {
    return text.starts_with(kSecretPrefix) ? SecretKey::parse(text).public_key() : PublicKey::parse(text);
  });
}

SecretKey read_secret_key(const std::string& file) { return parse_file(file, SecretKey::parse); }

void write_key_files(const std::string& file, const SecretKey& key, IfPresent if_present) {
  const SecretBytes text = key.text();
  // No string in between: it would leave a copy that is not wiped.
  SecretBytes line(text.size() + 1);
  *std::ranges::copy(text.expose(), line.expose_mutable().begin()).out = '\n';
  write_key_pair(file, line.expose(), as_bytes(key.public_key().text() + "\n"), if_present);
}

}  // namespace imgcrypt::keyprovider::sodium
