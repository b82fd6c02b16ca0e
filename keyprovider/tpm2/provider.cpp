#include "keyprovider/tpm2/provider.hpp"

#include "keyprovider/key_places.hpp"
#include "keys/key_file.hpp"

#include <charconv>
#include <optional>

namespace imgcrypt::keyprovider::tpm2 {
namespace {

// What a user may have written after the key, e.g. a passphrase in a form that is not known.
std::string before_colon(const std::string& key) { return key.substr(0, key.find(':')); }

std::optional<TPM2_HANDLE> parse_handle(const std::string& text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
  TPM2_HANDLE handle = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 2, end, handle, 16);
  if (error == std::errc() && stop == end && handle >> TPM2_HR_SHIFT == TPM2_HT_PERSISTENT) return handle;
  throw Error(ErrorCode::kUsage, before_colon(text) + " is not a persistent handle of a TPM",
              "write 0x81 and six more digits, as tpm2_getcap handles-persistent lists them, and then "
              ":file=PASSPHRASEFILE, :fd=N, :env=VARIABLE or :prompt, if the key has an authorization value");
}

[[noreturn]] void refuse_packets() {
  throw Error(ErrorCode::kUsage, "a TPM has no packets of its own",
              "encrypt for the key's public half, jwe:FILE.pub, and open with -k tpm2:HANDLE|FILE");
}

}  // namespace

Bytes Tpm2Provider::wrap(const std::vector<std::string>&, const SecretBytes&) { refuse_packets(); }

SecretBytes Tpm2Provider::unwrap(const std::vector<std::string>&, ByteView) { refuse_packets(); }

// What is at a handle does not say so.
bool Tpm2Provider::needs_passphrase(const std::string& key) {
  return !parse_handle(key) &&
         !keyprovider::parse_key_file(key, kMostKeyFileBytes, parse_key_file).has_empty_auth;
}

PrivateKey Tpm2Provider::open_key(const std::string& key, const SecretBytes* passphrase) {
  const auto handle = parse_handle(key);
  // Before the TPM: what is wrong with a file should not depend on it.
  const auto file = handle
                        ? std::nullopt
                        : std::optional(keyprovider::parse_key_file(key, kMostKeyFileBytes, parse_key_file));
  if (!access_.tpm) access_.tpm = std::make_shared<Tpm>(tcti_);
  auto opened = handle ? std::make_shared<const TpmKey>(access_, *handle, passphrase)
                       : std::make_shared<const TpmKey>(access_, *file, passphrase);
  PublicKey public_half = opened->public_half();
  return {std::move(public_half), std::move(opened)};
}

std::string write_new_key(const std::string& tcti, const std::string& file, NewKeyKind kind,
                          const SecretBytes* auth, IfPresent if_present) {
  if (if_present == IfPresent::kRefuse) check_key_pair_absent(file);
  const TpmAccess access{std::make_shared<Tpm>(tcti)};
  const LoadableKey key = room_in(*access.tpm, [&] { return make_key(*access.tpm, kind, auth); });
  // Loaded again: a file that this TPM does not take back is found now.
  const std::string public_pem = TpmKey(access, key, auth).public_half().to_pem();
  write_key_pair(file, as_bytes(format_key_file(key)), as_bytes(public_pem), if_present);
  return public_pem;
}

}  // namespace imgcrypt::keyprovider::tpm2
