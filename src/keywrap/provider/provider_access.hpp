// How key providers are asked, whoever starts them: this process (KeyProviders), or another one for a process
// that is shut in and may start nothing (streamproc/broker). Used by the wrapper and the unwrapper of the
// scheme `provider`. Safe for use by several threads.
#pragma once

#include "keywrap/provider/provider_protocol.hpp"

#include <functional>

namespace imgcrypt {

class ProviderAccess {
 public:
  ProviderAccess() = default;
  virtual ~ProviderAccess() = default;
  ProviderAccess(const ProviderAccess&) = delete;
  ProviderAccess& operator=(const ProviderAccess&) = delete;

  // Throws kUsage for a provider that is not in the configuration, kNoKey if it is one of our own: somebody
  // must give it a key.
  virtual void require_configured(const std::string& name) = 0;
  // The provider's answer to a document, neither of them looked into. Throws kUsage for a provider that is
  // neither configured nor our own; kProvider, naming the provider, when it fails or takes longer than the
  // limit; kCancelled.
  [[nodiscard]] virtual SecretBytes exchange(const std::string& name, const SecretBytes& document) = 0;
  // The provider's program, for messages about what it answered. Throws as exchange.
  [[nodiscard]] virtual std::string program_of(const std::string& name) = 0;

  // The packet or the private options; nullopt when the reply has no result. Throws as exchange; kProvider
  // for what is not a reply; what the reply reports (failure_in_reply).
  [[nodiscard]] std::optional<SecretBytes> ask(const std::string& name, const ProviderRequest& request);
  // The same for any document: what `parse` makes of the reply. It throws kIntegrity for what is not one.
  [[nodiscard]] std::optional<SecretBytes> ask(
      const std::string& name, const SecretBytes& document,
      const std::function<std::optional<SecretBytes>(ByteView)>& parse);
};

}  // namespace imgcrypt
