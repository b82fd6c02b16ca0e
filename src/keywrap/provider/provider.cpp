#include "keywrap/provider/provider.hpp"

#include "keywrap/pkcs11/token_uri.hpp"
#include "keywrap/provider_key.hpp"

#include <imgcrypt/error.hpp>

#include <mutex>
#include <utility>

namespace imgcrypt {

NamedProvider parse_named_provider(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || text.empty())
    throw Error(ErrorCode::kUsage, "the name of the key provider is missing",
                "write provider:NAME[:PARAMETER]");
  return {std::string(text.substr(0, colon)),
          std::string(colon == std::string_view::npos ? kProviderEnabled : text.substr(colon + 1))};
}

Bytes ProviderWrapper::wrap(const SecretBytes& options) const {
  const auto packet =
      providers_->ask(name_, {ProviderOperation::kWrap, parameters_, SecretBytes::copy_of(options.expose())});
  if (!packet || packet->size() == 0)
    throw Error(ErrorCode::kProvider, "key provider " + name_ + " wrapped nothing");
  if (packet->size() > kMostPacketBytes)
    throw Error(ErrorCode::kProvider,
                "key provider " + name_ + " returned a wrapped key of more than " + in_kib(kMostPacketBytes));
  return to_bytes(packet->expose());
}

void add_parameters(const std::vector<ProviderParameter>& parameters, ProviderRequest& request) {
  for (const ProviderParameter& parameter : parameters) {
    request.parameters.push_back(parameter.text);
    request.passphrases.push_back(parameter.passphrase
                                      ? std::optional(SecretBytes::copy_of(parameter.passphrase->expose()))
                                      : std::nullopt);
  }
}

struct ProviderUnwrapper::Known {
  // Held while the provider is asked: a second thread with the same packet waits for the answer.
  struct Answer {
    std::mutex mutex;
    std::optional<SecretBytes> options;
    std::optional<Error> failure;
  };

  std::mutex mutex;
  std::map<std::pair<std::string, Bytes>, Answer> answers;

  Answer& find(const std::string& name, ByteView packet) {
    const std::lock_guard lock(mutex);
    // The reference stays valid after the lock is released: a map never moves its nodes.
    return answers[{name, to_bytes(packet)}];
  }
};

ProviderUnwrapper::ProviderUnwrapper(std::shared_ptr<ProviderAccess> providers, ProviderParameters parameters)
    : providers_(std::move(providers)),
      parameters_(std::move(parameters)),
      known_(std::make_unique<Known>()) {}

ProviderUnwrapper::~ProviderUnwrapper() = default;

bool ProviderUnwrapper::reads(std::string_view annotation) const {
  const Scheme* scheme = scheme_of(annotation);
  return scheme != nullptr && scheme->provider_of != nullptr;
}

std::string ProviderUnwrapper::description() const { return "key providers"; }

std::string ProviderUnwrapper::given() const {
  std::string names;
  for (const auto& [name, values] : parameters_) {
    for (const ProviderParameter& value : values)
      names += (names.empty() ? "" : ", ") + form_of_provider(name) +
               (value.text == kProviderEnabled ? "" : ":" + with_hidden_pin(value.text));
  }
  return names;
}

std::optional<SecretBytes> ProviderUnwrapper::unwrap(std::string_view annotation, ByteView packet,
                                                     Attempts&) const {
  const Scheme& scheme = *scheme_of(annotation);
  if (scheme.check != nullptr) scheme.check(packet);
  const std::string name = scheme.provider_of(annotation);
  Known::Answer& answer = known_->find(name, packet);
  const std::lock_guard lock(answer.mutex);
  if (answer.failure) throw Error(*answer.failure);
  if (!answer.options) {
    try {
      answer.options = ask(name, packet);
    } catch (const Error& error) {
      // Kept as well: a provider that fails for a packet would fail for each layer, perhaps after 30 seconds.
      answer.failure = error;
      throw;
    }
  }
  // The caller may change or drop its copy; other layers ask for the same packet.
  return SecretBytes::copy_of(answer.options->expose());
}

// A provider that nobody named as a key is no mistake of the user's: its layers just have no key.
void ProviderUnwrapper::require_configured(const std::string& name) const {
  try {
    providers_->require_configured(name);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUsage) throw;
    throw Error(ErrorCode::kNoKey, error.message(), error.hint());
  }
}

SecretBytes ProviderUnwrapper::ask(const std::string& name, ByteView packet) const {
  const auto parameters = parameters_.find(name);
  const bool is_named = parameters != parameters_.end();
  // Images must not start programs that nobody on this machine has asked for.
  if (!is_named) require_configured(name);
  ProviderRequest request{ProviderOperation::kUnwrap, {}, SecretBytes::copy_of(packet)};
  if (is_named) add_parameters(parameters->second, request);
  auto options = providers_->ask(name, request);
  if (!options) throw Error(ErrorCode::kNoKey, "key provider " + name + " returned no key");
  if (options->size() > kMostPrivateOptionsBytes)
    throw Error(ErrorCode::kProvider,
                "key provider " + name + " returned more than " + in_kib(kMostPrivateOptionsBytes));
  return std::move(*options);
}

}  // namespace imgcrypt
