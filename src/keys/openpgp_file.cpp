#include "keys/openpgp_file.hpp"

#include "base/text/comment_lines.hpp"

#include <array>
#include <string_view>

namespace imgcrypt {
namespace {

constexpr std::string_view kSecretArmor = "-----BEGIN PGP PRIVATE KEY BLOCK-----";
constexpr std::string_view kPublicArmor = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

// RFC 9580 section 4.2: the tag of the first packet; 0 for what is not a packet.
unsigned first_tag(ByteView file) {
  if (file.size() < 6 || (file[0] & 0x80U) == 0) return 0;
  const bool is_old = (file[0] & 0x40U) == 0;
  const unsigned tag = is_old ? (file[0] & 0x3fU) >> 2U : file[0] & 0x3fU;
  // The body begins after one, two or four bytes of length; in the new format the first of them tells how
  // many.
  constexpr std::array<std::size_t, 4> kOldLengths = {1, 2, 4, 0};
  const std::size_t new_length = file[1] < 192 ? 1 : file[1] < 224 ? 2 : 5;
  const std::size_t version_at = 1 + (is_old ? kOldLengths.at(file[0] & 3U) : new_length);
  // Many binary files begin with that bit; the version of a key packet, 2 to 6, tells them apart.
  const bool is_version = version_at < file.size() && file[version_at] >= 2 && file[version_at] <= 6;
  return is_version ? tag : 0;
}

}  // namespace

std::optional<OpenPgpFile> recognize_openpgp_key(ByteView file) {
  constexpr unsigned kSecretKey = 5;
  constexpr unsigned kPublicKey = 6;
  const unsigned tag = first_tag(file);
  const std::string_view text = from_first_item(as_text(file));
  if (tag == kSecretKey || text.starts_with(kSecretArmor)) return OpenPgpFile::kSecretKey;
  if (tag == kPublicKey || text.starts_with(kPublicArmor)) return OpenPgpFile::kPublicKey;
  return std::nullopt;
}

}  // namespace imgcrypt
