// The scheme `provider`: private options that a key provider program wraps. Schemes of their own whose work a
// program does use these classes as well.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "keywrap/provider/provider_access.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// The name of the provider follows.
inline constexpr std::string_view kProviderAnnotationPrefix = "org.opencontainers.image.enc.keys.provider.";

// A key provider, and what the user gave to it.
struct NamedProvider {
  std::string name;
  std::string parameter;
};

// NAME[:PARAMETER]; without a parameter it is kProviderEnabled. Throws kUsage when there is no name.
[[nodiscard]] NamedProvider parse_named_provider(std::string_view text);

// What the user gave for a provider. If it is a key file, it may have a passphrase, which copies share.
struct ProviderParameter {
  std::string text;
  std::shared_ptr<const SecretBytes> passphrase = nullptr;
};

// Adds them to the request, with their passphrases.
void add_parameters(const std::vector<ProviderParameter>& parameters, ProviderRequest& request);

// By the provider's name, in the order in which the user gave them, which is that of the request.
using ProviderParameters = std::map<std::string, std::vector<ProviderParameter>>;

// One packet, made by the provider `name` for these parameters.
class ProviderWrapper final : public KeyWrapper {
 public:
  ProviderWrapper(std::shared_ptr<ProviderAccess> providers, std::string annotation, std::string name,
                  std::vector<std::string> parameters)
      : providers_(std::move(providers)),
        annotation_(std::move(annotation)),
        name_(std::move(name)),
        parameters_(std::move(parameters)) {}
  [[nodiscard]] std::string annotation() const override { return annotation_; }
  [[nodiscard]] Bytes wrap(const SecretBytes& options) const override;

 private:
  std::shared_ptr<ProviderAccess> providers_;
  std::string annotation_;
  std::string name_;
  std::vector<std::string> parameters_;
};

// Asks the provider that an annotation's scheme names, with the parameters that the user gave for it, if any.
// A packet that occurs again is not asked for again, whichever layer it belongs to.
class ProviderUnwrapper final : public KeyUnwrapper {
 public:
  ProviderUnwrapper(std::shared_ptr<ProviderAccess> providers, ProviderParameters parameters);
  ~ProviderUnwrapper() override;
  // True for every annotation of a scheme that programs unwrap, whether its provider is known here or not.
  [[nodiscard]] bool reads(std::string_view annotation) const override;
  [[nodiscard]] std::string description() const override;
  [[nodiscard]] std::string given() const override;
  // Throws kNoKey for a provider that is neither configured nor among the parameters: images must not start
  // programs that nobody on this machine has asked for.
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view annotation, ByteView packet,
                                                  Attempts&) const override;

 private:
  struct Known;
  void require_configured(const std::string& name) const;
  [[nodiscard]] SecretBytes ask(const std::string& name, ByteView packet) const;

  std::shared_ptr<ProviderAccess> providers_;
  ProviderParameters parameters_;
  // The answers so far, by provider and packet; shared by the threads that use this.
  std::unique_ptr<Known> known_;
};

}  // namespace imgcrypt
