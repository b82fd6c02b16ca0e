// The scheme `provider`: private options that a key provider program wraps.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "keywrap/provider/key_providers.hpp"

namespace imgcrypt {

inline constexpr std::string_view kProviderAnnotationPrefix = "org.opencontainers.image.enc.keys.provider.";

// What the user gave for each provider, by its name.
using ProviderParameters = std::map<std::string, std::vector<std::string>>;

// provider:NAME[:PARAMETER]... as a recipient.
class ProviderWrapper final : public KeyWrapper {
 public:
  ProviderWrapper(std::shared_ptr<KeyProviders> providers, std::string name,
                  std::vector<std::string> parameters)
      : providers_(std::move(providers)), name_(std::move(name)), parameters_(std::move(parameters)) {}
  [[nodiscard]] std::string annotation() const override;
  [[nodiscard]] Bytes wrap(const SecretBytes& options) const override;

 private:
  std::shared_ptr<KeyProviders> providers_;
  std::string name_;
  std::vector<std::string> parameters_;
};

// Asks the provider that an annotation names, with the parameters that the user gave for it, if any. A packet
// that occurs again is not asked for again.
class ProviderUnwrapper final : public KeyUnwrapper {
 public:
  ProviderUnwrapper(std::shared_ptr<KeyProviders> providers, ProviderParameters parameters);
  ~ProviderUnwrapper() override;
  [[nodiscard]] bool reads(std::string_view annotation) const override;
  [[nodiscard]] std::string description() const override;
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view annotation, ByteView packet,
                                                  Attempts&) const override;

 private:
  struct Known;
  [[nodiscard]] SecretBytes ask(const std::string& name, ByteView packet) const;

  std::shared_ptr<KeyProviders> providers_;
  ProviderParameters parameters_;
  std::unique_ptr<Known> known_;
};

}  // namespace imgcrypt
