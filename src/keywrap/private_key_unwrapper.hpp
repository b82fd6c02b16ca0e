// A private key of the user's, for every scheme that it can open.
#pragma once

#include "crypto/key.hpp"
#include "keywrap/key_wrapper.hpp"

namespace imgcrypt {

class PrivateKeyUnwrapper final : public KeyUnwrapper {
 public:
  // `name` is what the user calls the key: its file.
  PrivateKeyUnwrapper(std::string name, PrivateKey key) : name_(std::move(name)), key_(std::move(key)) {}
  [[nodiscard]] bool reads(std::string_view annotation) const override;
  [[nodiscard]] std::string description() const override;
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view annotation,
                                                  ByteView packet) const override;

 private:
  std::string name_;
  PrivateKey key_;
};

}  // namespace imgcrypt
