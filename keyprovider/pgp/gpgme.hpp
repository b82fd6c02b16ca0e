// GPGME's objects, owned, and its errors as ours. GPGME runs gpg for each operation and waits for it. One
// thread.
#pragma once

#include "base/secret_bytes.hpp"

#include <imgcrypt/error.hpp>

#include <gpgme.h>

#include <memory>
#include <string>
#include <vector>

namespace imgcrypt::keyprovider::pgp {

struct Release {
  void operator()(gpgme_ctx_t context) const noexcept { ::gpgme_release(context); }
  void operator()(gpgme_data_t data) const noexcept { ::gpgme_data_release(data); }
  void operator()(gpgme_key_t key) const noexcept { ::gpgme_key_unref(key); }
};

using Context = std::unique_ptr<gpgme_context, Release>;
using Data = std::unique_ptr<gpgme_data, Release>;
using Key = std::unique_ptr<std::remove_pointer_t<gpgme_key_t>, Release>;
using Keys = std::vector<Key>;

// Works in GnuPG's home directory `home`; empty: the user's own. Throws kProvider if GnuPG is not installed.
[[nodiscard]] Context open_gnupg(const std::string& home);

// Reads the bytes, which must outlive it.
[[nodiscard]] Data data_of(ByteView bytes);
// Empty, to be written to and then read from its beginning.
[[nodiscard]] Data empty_data();
void rewind(const Data& data);

// Throws kProvider, "WHAT: what GnuPG said", unless it is a success; kCancelled after a signal.
void check(gpgme_error_t error, const std::string& what);

// All keys that it lists, public or secret, in its order. `data`: the keys of a file instead of the
// keyring's.
[[nodiscard]] Keys list_keys(const Context& context, const Data* data = nullptr);
// The public key of this fingerprint. Throws kProvider if there is none.
[[nodiscard]] Key find_key(const Context& context, const std::string& fingerprint);

}  // namespace imgcrypt::keyprovider::pgp
