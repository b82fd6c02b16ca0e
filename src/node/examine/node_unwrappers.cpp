#include "node/examine/node_unwrappers.hpp"

#include "keywrap/provider/key_providers.hpp"
#include "node/examine/decoder.hpp"
#include "node/examine/node_providers.hpp"
#include "node/key_directory.hpp"

namespace imgcrypt {
namespace {

void add_programs_of(const ExaminedContainerd& containerd, const DecoderUse& use, const KeyDirectory& keys,
                     KeyUnwrappers& all) {
  ProviderSettings settings;
  settings.config = use.provider_config;
  settings.missing = MissingConfig::kCountsAsEmpty;
  if (const auto decoder = find_program_of(containerd, use.path)) settings.libexec = libexec_beside(*decoder);
  const auto providers = std::make_shared<KeyProviders>(std::move(settings));
  for (auto& key : keys.device_unwrappers(providers)) all.push_back(std::move(key));
  all.push_back(std::make_unique<ProviderUnwrapper>(providers, keys.provider_parameters()));
}

}  // namespace

KeyUnwrappers unwrappers_of(const ExaminedContainerd& containerd) {
  KeyUnwrappers all;
  for (const DecoderUse& use : decoder_uses(containerd.config)) {
    const KeyDirectory keys(containerd.below + use.keys);
    for (auto& key : keys.unwrappers()) all.push_back(std::move(key));
    if (containerd.has_our_programs()) add_programs_of(containerd, use, keys, all);
  }
  return all;
}

KeyUnwrappers unwrappers_of_crio(const std::string& root, const std::string& directory) {
  return KeyDirectory(root + directory).unwrappers();
}

}  // namespace imgcrypt
