#include "keyprovider/pgp/gpgme.hpp"

#include "base/cancel.hpp"

namespace imgcrypt::keyprovider::pgp {
namespace {

Data made(gpgme_error_t error, gpgme_data_t data) {
  Data owned(data);
  check(error, "GPGME");
  return owned;
}

}  // namespace

void check(gpgme_error_t error, const std::string& what) {
  if (::gpgme_err_code(error) == GPG_ERR_NO_ERROR) return;
  throw_if_cancelled();
  throw Error(ErrorCode::kProvider, what + ": " + ::gpgme_strerror(error));
}

Context open_gnupg(const std::string& home) {
  // GPGME wants to be asked for its version before anything else.
  (void)::gpgme_check_version(nullptr);
  gpgme_ctx_t raw = nullptr;
  gpgme_error_t error = ::gpgme_new(&raw);
  Context context(raw);
  if (::gpgme_err_code(error) == GPG_ERR_NO_ERROR)
    error = ::gpgme_set_protocol(context.get(), GPGME_PROTOCOL_OpenPGP);
  if (::gpgme_err_code(error) == GPG_ERR_NO_ERROR)
    error = ::gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP);
  if (::gpgme_err_code(error) == GPG_ERR_NO_ERROR) {
    error = ::gpgme_ctx_set_engine_info(context.get(), GPGME_PROTOCOL_OpenPGP, nullptr,
                                        home.empty() ? nullptr : home.c_str());
  }
  if (::gpgme_err_code(error) != GPG_ERR_NO_ERROR) {
    throw Error(ErrorCode::kProvider, std::string("GnuPG cannot be used: ") + ::gpgme_strerror(error),
                "install gnupg");
  }
  ::gpgme_set_offline(context.get(), 1);
  return context;
}

Data data_of(ByteView bytes) {
  gpgme_data_t data = nullptr;
  const gpgme_error_t error =
      ::gpgme_data_new_from_mem(&data, reinterpret_cast<const char*>(bytes.data()), bytes.size(), 0);
  return made(error, data);
}

Data empty_data() {
  gpgme_data_t data = nullptr;
  const gpgme_error_t error = ::gpgme_data_new(&data);
  return made(error, data);
}

void rewind(const Data& data) { (void)::gpgme_data_seek(data.get(), 0, SEEK_SET); }

Keys list_keys(const Context& context, const Data* data) {
  const std::string what = "list keys";
  check(data != nullptr ? ::gpgme_op_keylist_from_data_start(context.get(), data->get(), 0)
                        : ::gpgme_op_keylist_start(context.get(), nullptr, 0),
        what);
  Keys keys;
  while (true) {
    gpgme_key_t key = nullptr;
    const gpgme_error_t error = ::gpgme_op_keylist_next(context.get(), &key);
    if (::gpgme_err_code(error) == GPG_ERR_EOF) break;
    check(error, what);
    keys.emplace_back(key);
  }
  check(::gpgme_op_keylist_end(context.get()), what);
  return keys;
}

Key find_key(const Context& context, const std::string& fingerprint) {
  gpgme_key_t key = nullptr;
  const gpgme_error_t error = ::gpgme_get_key(context.get(), fingerprint.c_str(), &key, 0);
  Key owned(key);
  check(error, "find key " + fingerprint);
  return owned;
}

}  // namespace imgcrypt::keyprovider::pgp
