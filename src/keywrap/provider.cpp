#include "keywrap/provider.hpp"

#include <imgcrypt/error.hpp>

#include <utility>

namespace imgcrypt {

std::string ProviderWrapper::annotation() const { return std::string(kProviderAnnotationPrefix) + name_; }

Bytes ProviderWrapper::wrap(const SecretBytes& options) const {
  const auto packet =
      providers_->ask(name_, {ProviderOperation::kWrap, parameters_, SecretBytes::copy_of(options.expose())});
  if (!packet || packet->size() == 0)
    throw Error(ErrorCode::kProvider, "key provider " + name_ + " wrapped nothing");
  if (packet->size() > kMostPacketBytes)
    throw Error(ErrorCode::kProvider,
                "key provider " + name_ + " returned a wrapped key of more than 64 KiB");
  return to_bytes(packet->expose());
}

struct ProviderUnwrapper::Known {
  // Held while the provider is asked: a second thread with the same packet waits for the answer.
  struct Answer {
    std::mutex mutex;
    std::optional<SecretBytes> options;
  };

  std::mutex mutex;
  std::map<std::pair<std::string, Bytes>, Answer> answers;

  Answer& find(const std::string& name, ByteView packet) {
    const std::lock_guard lock(mutex);
    return answers[{name, to_bytes(packet)}];
  }
};

ProviderUnwrapper::ProviderUnwrapper(std::shared_ptr<KeyProviders> providers, ProviderParameters parameters)
    : providers_(std::move(providers)),
      parameters_(std::move(parameters)),
      known_(std::make_unique<Known>()) {}

ProviderUnwrapper::~ProviderUnwrapper() = default;

bool ProviderUnwrapper::reads(std::string_view annotation) const {
  return annotation.starts_with(kProviderAnnotationPrefix);
}

std::string ProviderUnwrapper::description() const { return "key providers"; }

std::optional<SecretBytes> ProviderUnwrapper::unwrap(std::string_view annotation, ByteView packet) const {
  const std::string name(annotation.substr(kProviderAnnotationPrefix.size()));
  Known::Answer& answer = known_->find(name, packet);
  const std::lock_guard lock(answer.mutex);
  if (!answer.options) {
    const auto parameters = parameters_.find(name);
    answer.options = providers_->ask(
        name, {ProviderOperation::kUnwrap,
               parameters == parameters_.end() ? std::vector<std::string>() : parameters->second,
               SecretBytes::copy_of(packet)});
    if (!answer.options) throw Error(ErrorCode::kNoKey, "key provider " + name + " returned no key");
    if (answer.options->size() > kMostPrivateOptionsBytes) {
      answer.options.reset();
      throw Error(ErrorCode::kProvider, "key provider " + name + " returned more than 16 KiB");
    }
  }
  return SecretBytes::copy_of(answer.options->expose());
}

}  // namespace imgcrypt
