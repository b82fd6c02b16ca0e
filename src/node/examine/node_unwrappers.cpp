#include "node/examine/node_unwrappers.hpp"

#include "keywrap/provider/key_providers.hpp"
#include "node/examine/decoder.hpp"
#include "node/examine/node_providers.hpp"
#include "node/key_directory.hpp"

namespace imgcrypt {
namespace {

std::unique_ptr<KeyUnwrapper> providers_of(const ExaminedContainerd& containerd, const DecoderUse& use,
                                           const KeyDirectory& keys) {
  ProviderSettings settings;
  settings.config = use.provider_config;
  settings.missing = MissingConfig::kCountsAsEmpty;
  if (const auto decoder = find_program_of(containerd, use.path)) settings.libexec = libexec_beside(*decoder);
  return std::make_unique<ProviderUnwrapper>(std::make_shared<KeyProviders>(std::move(settings)),
                                             keys.provider_parameters());
}

}  // namespace

KeyUnwrappers unwrappers_of(const ExaminedContainerd& containerd) {
  KeyUnwrappers all;
  for (const DecoderUse& use : decoder_uses(containerd.config)) {
    const KeyDirectory keys(containerd.below + use.keys);
    for (auto& key : keys.unwrappers()) all.push_back(std::move(key));
    if (containerd.has_our_programs()) all.push_back(providers_of(containerd, use, keys));
  }
  return all;
}

}  // namespace imgcrypt
