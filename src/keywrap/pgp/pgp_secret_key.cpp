#include "keywrap/pgp/pgp_secret_key.hpp"

#include "base/secret_bytes.hpp"
#include "base/text/comment_lines.hpp"
#include "base/text/encoding.hpp"
#include "keywrap/pgp/pgp_packets.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace imgcrypt {
namespace {

// The binary form of a file with ASCII armor (RFC 9580 section 6.2); nullopt: it is none.
std::optional<SecretBytes> without_armor(std::string_view text) {
  if (!text.starts_with("-----BEGIN PGP PRIVATE KEY BLOCK-----")) return std::nullopt;
  // After the headers there is an empty line, and the checksum or the last line begins with what no base64
  // has.
  const std::size_t begin = std::min(text.find("\n\n"), text.find("\n\r\n"));
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = std::min(text.find("\n=", begin), text.find("\n-", begin));
  return decode_base64_secret(text.substr(begin, end - begin), Base64::kStandard, WhiteSpace::kIgnored);
}

// Takes a secret key apart (RFC 9580 section 5.5), from the algorithm on.
class KeyReader {
 public:
  explicit KeyReader(ByteView rest) : rest_(rest) {}

  unsigned number() { return take(1).front(); }

  void pass_over(std::size_t size) { (void)take(size); }

  void pass_over_integers(std::size_t count) {
    for (; count > 0; --count) {
      const ByteView bits = take(2);
      pass_over((bits[0] * 256U + bits[1] + 7) / 8);
    }
  }

  // The public half. False: its form is not known.
  bool pass_over_public_half(unsigned algorithm) {
    switch (algorithm) {
      case 1:  // RSA, also for one purpose alone
      case 2:
      case 3:
        pass_over_integers(2);
        return true;
      case 16:  // ElGamal
        pass_over_integers(3);
        return true;
      case 17:  // DSA
        pass_over_integers(4);
        return true;
      case 18:  // ECDH: after the curve and the point, how keys are derived
        pass_over(number());
        pass_over_integers(1);
        pass_over(number());
        return true;
      case 19:  // ECDSA
      case 22:  // EdDSA
        pass_over(number());
        pass_over_integers(1);
        return true;
      default:
        return false;
    }
  }

 private:
  ByteView take(std::size_t size) {
    if (size > rest_.size()) throw Error(ErrorCode::kIntegrity, "a secret key that was cut off");
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  ByteView rest_;
};

bool is_locked(ByteView key) {
  constexpr unsigned kVersion = 4;
  constexpr std::size_t kTimeSize = 4;
  constexpr unsigned kPlain = 0;           // how the secret half is protected
  constexpr unsigned kFirstWithS2k = 253;  // and what turns a passphrase into a key
  constexpr unsigned kOnCard = 101;        // GnuPG's own
  KeyReader reader(key);
  if (reader.number() != kVersion) return false;
  reader.pass_over(kTimeSize);
  if (!reader.pass_over_public_half(reader.number())) return false;
  const unsigned protection = reader.number();
  if (protection < kFirstWithS2k) return protection != kPlain;
  (void)reader.number();  // the cipher
  return reader.number() != kOnCard;
}

}  // namespace

bool is_locked_pgp_key(ByteView file) {
  constexpr unsigned kSecretKey = 5;
  constexpr unsigned kSecretSubkey = 7;
  try {
    const auto binary = without_armor(from_first_item(as_text(file)));
    PgpPacketReader packets(binary ? binary->expose() : file);
    while (!packets.at_end()) {
      const PgpPacket packet = packets.take();
      if ((packet.tag == kSecretKey || packet.tag == kSecretSubkey) && is_locked(packet.body)) return true;
    }
  } catch (const Error&) {
    return false;  // GnuPG says what is wrong with it
  }
  return false;
}

}  // namespace imgcrypt
