#include "keyprovider/tpm2/key_file.hpp"

#include "base/text/encoding.hpp"
#include "keyprovider/tpm2/tpm.hpp"
#include "keys/asn1/der_writer.hpp"
#include "keys/pem.hpp"

#include <tss2/tss2_mu.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace imgcrypt::keyprovider::tpm2 {
namespace {

constexpr std::string_view kLabel = "TSS2 PRIVATE KEY";
// 2.23.133.10.1.3, and what the last number may be instead.
constexpr std::array<std::uint8_t, 6> kLoadableKey = {0x67, 0x81, 0x05, 0x0a, 0x01, 0x03};
constexpr std::uint8_t kImportableKey = 0x04;
constexpr std::uint8_t kSealedData = 0x05;
constexpr std::uint8_t kDerTrue = 0xff;
constexpr auto kBoolean = static_cast<DerTag>(0x01);
constexpr std::size_t kLineLength = 64;

[[noreturn]] void refuse(const std::string& why, const std::string& hint = {}) {
  throw Error(ErrorCode::kRefused, "a TSS2 private key " + why, hint);
}

[[noreturn]] void fail_malformed() {
  throw Error(ErrorCode::kUsage, "a damaged TSS2 private key", "use another copy of the file");
}

template <typename T>
T required(std::optional<T> value) {
  if (!value) fail_malformed();
  return *value;
}

void check_kind(ByteView object_id) {
  if (std::ranges::equal(object_id, kLoadableKey)) return;
  const char* const make_one = "make a key in the TPM: imgcrypt key generate tpm2 FILE";
  const bool is_of_family =
      object_id.size() == kLoadableKey.size() &&
      std::equal(kLoadableKey.begin(), std::prev(kLoadableKey.end()), object_id.begin());
  if (is_of_family && object_id.back() == kSealedData)
    refuse("file that holds sealed data, which is not a key", make_one);
  if (is_of_family && object_id.back() == kImportableKey)
    refuse("that must be imported first",
           "load it with tpm2_import and tpm2_load, or " + std::string(make_one));
  refuse("of an unknown kind", make_one);
}

bool boolean_in(ByteView explicit_content) {
  DerReader reader(explicit_content);
  const ByteView value = required(reader.take(kBoolean));
  if (value.size() != 1 || !reader.at_end()) fail_malformed();
  return value[0] != 0;
}

TPM2_HANDLE handle_of(ByteView integer) {
  while (integer.size() > 1 && integer[0] == 0) integer = integer.subspan(1);
  if (integer.empty() || integer.size() > sizeof(TPM2_HANDLE)) fail_malformed();
  TPM2_HANDLE handle = 0;
  for (const std::uint8_t byte : integer) handle = handle << 8U | byte;
  return handle;
}

// The whole of `bytes`, which the TPM wrote.
template <typename T, typename Unmarshal>
T unmarshalled(ByteView bytes, Unmarshal unmarshal) {
  T value{};
  std::size_t offset = 0;
  if (unmarshal(bytes.data(), bytes.size(), &offset, &value) != TSS2_RC_SUCCESS || offset != bytes.size())
    fail_malformed();
  return value;
}

template <typename T, typename Marshal>
Bytes marshalled(const T& value, Marshal marshal) {
  Bytes bytes(sizeof(T) + sizeof(UINT16));
  std::size_t size = 0;
  check(marshal(&value, bytes.data(), bytes.size(), &size), "write a TSS2 private key");
  bytes.resize(size);
  return bytes;
}

LoadableKey parse_der(ByteView der) {
  DerReader whole(der);
  DerReader fields(required(whole.take(DerTag::kSequence)));
  if (!whole.at_end()) fail_malformed();
  check_kind(required(fields.take(DerTag::kObjectId)));
  LoadableKey key;
  if (const auto empty_auth = fields.take(DerTag::kContext0)) key.has_empty_auth = boolean_in(*empty_auth);
  // What is between these and the parent guards the key or says how to import it; none of it may be ignored.
  auto next = required(fields.take_any());
  constexpr auto kDescription = static_cast<DerTag>(0xa4);
  if (next.tag == DerTag::kContext1 || next.tag == DerTag::kContext3)
    refuse("that a policy guards", "use one with an authorization value alone");
  if (next.tag == kDescription) next = required(fields.take_any());
  if (next.tag != DerTag::kInteger) refuse("with members that are not supported");
  key.parent = handle_of(next.content);
  key.public_part =
      unmarshalled<TPM2B_PUBLIC>(required(fields.take(DerTag::kOctetString)), Tss2_MU_TPM2B_PUBLIC_Unmarshal);
  key.private_part = unmarshalled<TPM2B_PRIVATE>(required(fields.take(DerTag::kOctetString)),
                                                 Tss2_MU_TPM2B_PRIVATE_Unmarshal);
  if (!fields.at_end()) fail_malformed();
  return key;
}

Bytes der_of(const LoadableKey& key) {
  const std::array<std::uint8_t, 1> truth = {kDerTrue};
  const Bytes empty_auth =
      key.has_empty_auth ? der_element(DerTag::kContext0, {der_element(kBoolean, {truth})}) : Bytes();
  Bytes parent = {0};  // so that it is positive
  for (unsigned shift = 32; shift > 0; shift -= 8)
    parent.push_back(static_cast<std::uint8_t>(key.parent >> (shift - 8U)));
  // As short as possible (X.690 section 8.3.2).
  if (parent[1] < 0x80) parent.erase(parent.begin());
  return der_element(
      DerTag::kSequence,
      {der_element(DerTag::kObjectId, {kLoadableKey}), empty_auth, der_element(DerTag::kInteger, {parent}),
       der_element(DerTag::kOctetString, {marshalled(key.public_part, Tss2_MU_TPM2B_PUBLIC_Marshal)}),
       der_element(DerTag::kOctetString, {marshalled(key.private_part, Tss2_MU_TPM2B_PRIVATE_Marshal)})});
}

}  // namespace

LoadableKey parse_key_file(std::string_view text) {
  for (const PemBlock& block : split_pem(text)) {
    if (block.label == kLabel) return parse_der(block.der.expose());
  }
  throw Error(ErrorCode::kUsage, "not a TSS2 private key",
              "such a file begins with -----BEGIN TSS2 PRIVATE KEY-----");
}

std::string format_key_file(const LoadableKey& key) {
  const std::string base64 = encode_base64(der_of(key), Base64::kStandard);
  std::string text = "-----BEGIN " + std::string(kLabel) + "-----\n";
  for (std::size_t at = 0; at < base64.size(); at += kLineLength)
    text += base64.substr(at, kLineLength) + "\n";
  return text + "-----END " + std::string(kLabel) + "-----\n";
}

}  // namespace imgcrypt::keyprovider::tpm2
