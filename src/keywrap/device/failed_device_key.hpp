// A device's key that could not be opened, e.g. as the device is absent or the PIN wrong. Other keys may open
// the layer: the failure is then of no weight. Immutable; safe for use by several threads.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "keywrap/schemes.hpp"

#include <string>
#include <utility>

namespace imgcrypt {

class FailedDeviceKey final : public KeyUnwrapper {
 public:
  // `name` is what messages call the key; `failure` is what open_device_key threw.
  FailedDeviceKey(std::string name, Error failure) : name_(std::move(name)), failure_(std::move(failure)) {}
  // Which it would open is not known without its public half.
  [[nodiscard]] bool reads(std::string_view annotation) const override {
    return private_keys_open(annotation);
  }
  [[nodiscard]] std::string description() const override { return name_; }
  // Always throws the failure.
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view, ByteView, Attempts&) const override {
    throw Error(failure_);
  }

 private:
  std::string name_;
  Error failure_;
};

}  // namespace imgcrypt
