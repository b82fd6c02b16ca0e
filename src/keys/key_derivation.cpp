#include "keys/key_derivation.hpp"

#include "keys/asn1/der.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace imgcrypt {
namespace {

// RFC 8018 appendix C, RFC 7914 section 7.1.
constexpr std::array<std::uint8_t, 9> kPbes2 = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d};
constexpr std::array<std::uint8_t, 9> kScrypt = {0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b};

struct Algorithm {
  ByteView name;
  DerReader parameters;
};

[[noreturn]] void fail_damaged() {
  throw Error(ErrorCode::kUsage, "the private key is damaged, or of a kind that is not supported");
}

// OpenSSL's parser takes more than DER. What ours does not take is refused: its cost would not be known.
template <typename Value>
Value required(const std::optional<Value>& value) {
  if (!value) fail_damaged();
  return *value;
}

Algorithm take_algorithm(DerReader& reader) {
  DerReader fields(required(reader.take(DerTag::kSequence)));
  const ByteView name = required(fields.take(DerTag::kObjectId));
  return {name, DerReader(required(fields.take(DerTag::kSequence)))};
}

// Numbers above 2^24, far beyond every limit, count as that much: so no product overflows.
std::uint64_t take_number(DerReader& reader) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 24U;
  std::uint64_t number = 0;
  for (const std::uint8_t digit : required(reader.take(DerTag::kInteger)))
    number = std::min(number << 8U | digit, kMost);
  return number;
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::kRefused, "the private key costs too much to decrypt: " + what,
              "encrypt it again: openssl pkey -in KEY -aes256 -out NEW");
}

void check_iterations(DerReader& salt_and_count) {
  (void)required(salt_and_count.take(DerTag::kOctetString));
  if (take_number(salt_and_count) > kMostPbkdf2Iterations)
    refuse("more than " + std::to_string(kMostPbkdf2Iterations) + " iterations");
}

void check_scrypt(DerReader& parameters) {
  (void)required(parameters.take(DerTag::kOctetString));
  const std::uint64_t n = take_number(parameters);
  const std::uint64_t r = take_number(parameters);
  const std::uint64_t p = take_number(parameters);
  // As OpenSSL counts: p blocks, N blocks, and two more to work in.
  if (128 * r * (n + p + 2) > kMostScryptMemory)
    refuse("scrypt with more than " + std::to_string(kMostScryptMemory >> 20U) + " MiB of memory");
  if (n * r * p > kMostScryptWork)
    refuse("scrypt whose N times r times p is more than " + std::to_string(kMostScryptWork));
}

}  // namespace

void check_key_derivation(ByteView key) {
  DerReader file(key);
  DerReader fields(required(file.take(DerTag::kSequence)));
  Algorithm algorithm = take_algorithm(fields);
  if (!std::ranges::equal(algorithm.name, kPbes2)) return check_iterations(algorithm.parameters);
  Algorithm derivation = take_algorithm(algorithm.parameters);
  std::ranges::equal(derivation.name, kScrypt) ? check_scrypt(derivation.parameters)
                                               : check_iterations(derivation.parameters);
}

}  // namespace imgcrypt
