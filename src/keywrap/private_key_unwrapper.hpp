// A private key of the user's, for every scheme that it can open. Immutable; safe for use by several threads.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "keywrap/user_key.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

class PrivateKeyUnwrapper final : public KeyUnwrapper {
 public:
  // `name` is what the user calls the key: its file. `certificates` belong to it; with any, packets that are
  // not wrapped for one of them throw kNoKey where the scheme knows certificates.
  PrivateKeyUnwrapper(std::string name, PrivateKey key, std::vector<Certificate> certificates = {},
                      UnauthenticatedPackets unauthenticated = UnauthenticatedPackets::kRefused)
      : name_(std::move(name)), key_{std::move(key), std::move(certificates), unauthenticated} {}
  [[nodiscard]] bool reads(std::string_view annotation) const override;
  [[nodiscard]] std::string description() const override;
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view annotation, ByteView packet,
                                                  Attempts& attempts) const override;

 private:
  std::string name_;
  UserKey key_;
};

}  // namespace imgcrypt
