// A private key of the user's, for every scheme that it can open.
#pragma once

#include "keys/key.hpp"
#include "keywrap/key_wrapper.hpp"
#include "keywrap/pkcs7/pkcs7.hpp"

namespace imgcrypt {

class PrivateKeyUnwrapper final : public KeyUnwrapper {
 public:
  // `name` is what the user calls the key: its file. `certificates` as in unwrap_pkcs7.
  PrivateKeyUnwrapper(std::string name, PrivateKey key, std::vector<Certificate> certificates = {},
                      LegacyCms legacy = LegacyCms::kRefused)
      : name_(std::move(name)),
        key_(std::move(key)),
        certificates_(std::move(certificates)),
        legacy_(legacy) {}
  [[nodiscard]] bool reads(std::string_view annotation) const override;
  [[nodiscard]] std::string description() const override;
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view annotation, ByteView packet,
                                                  Attempts& attempts) const override;

 private:
  std::string name_;
  PrivateKey key_;
  std::vector<Certificate> certificates_;
  LegacyCms legacy_;
};

}  // namespace imgcrypt
