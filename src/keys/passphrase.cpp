#include "keys/passphrase.hpp"

#include "base/process/fd.hpp"
#include "keys/named_file.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostFileBytes = std::size_t{64} * 1024;  // a larger file was named by mistake

}  // namespace

void check_passphrase(const SecretBytes& passphrase) {
  if (passphrase.size() <= kMostPassphraseBytes) return;
  throw Error(ErrorCode::kRefused,
              "a passphrase of more than " + std::to_string(kMostPassphraseBytes) + " bytes",
              "use a shorter one");
}

SecretBytes read_passphrase_from(int fd, const std::string& what) {
  SecretBytes passphrase = read_secret(fd, kMostFileBytes, what);
  // Only one: editors and echo add it; everything else may belong to the passphrase.
  if (as_text(passphrase.expose()).ends_with('\n')) passphrase.truncate(passphrase.size() - 1);
  try {
    check_passphrase(passphrase);
  } catch (const Error& error) {
    throw error.in(what);
  }
  return passphrase;
}

SecretBytes read_passphrase_file(const std::string& path) {
  try {
    return read_passphrase_from(open_named_file(path).get(), path);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUsage) throw;
    throw error.in(path);
  }
}

}  // namespace imgcrypt
