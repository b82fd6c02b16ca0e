#include "keywrap/provider/provider_scheme.hpp"

#include "keys/key_file.hpp"
#include "keywrap/provider/key_providers.hpp"
#include "keywrap/provider/provider.hpp"
#include "keywrap/provider_key.hpp"

#include <imgcrypt/error.hpp>

#include <array>
#include <filesystem>
#include <system_error>

namespace imgcrypt {
namespace {

// The file of a public key, where the provider takes such files or the text of one. What is in it beyond its
// kind is for the program to judge, as is a pipe, which could be read only once.
void check_file(const OwnProvider& own, const std::string& parameter) {
  const bool takes_files = own.key_parameter.empty() && !own.public_key_starts.empty();
  if (!takes_files || parameter == kProviderEnabled || find_provider_key(parameter)) return;
  std::error_code ignored;
  if (std::filesystem::is_fifo(parameter, ignored)) return;
  const SecretBytes content = read_key_file(parameter);
  const auto key = find_provider_key(as_text(content.expose()));
  if (!key || key->provider->name == own.name) return;
  throw Error(ErrorCode::kUsage, "it holds a key of another kind",
              key->half == KeyHalf::kPublic ? "did you mean " + key->form(parameter) + "?"
                                            : "it is a private key of " + std::string(key->provider->form));
}

// One packet for each provider, with all of the parameters that were given for it.
class ProviderRecipients final : public RecipientGatherer {
 public:
  explicit ProviderRecipients(std::shared_ptr<KeyProviders> providers) : providers_(std::move(providers)) {}

  void add(const std::string& value, const TakeRemark&) override {
    const NamedProvider provider = parse_named_provider(value);
    // Now, not when the first layer is wrapped: a misspelt name should not cost the work on a large image.
    providers_->require(provider.name);
    // A program that is configured under this name may take other parameters.
    if (providers_->is_own(provider.name)) check_file(*find_own_provider(provider.name), provider.parameter);
    parameters_[provider.name].push_back(provider.parameter);
  }

  [[nodiscard]] KeyWrappers wrappers() override {
    KeyWrappers wrappers;
    for (auto& [name, parameters] : parameters_) {
      wrappers.push_back(std::make_unique<ProviderWrapper>(
          providers_, std::string(kProviderAnnotationPrefix) + name, name, std::move(parameters)));
    }
    return wrappers;
  }

 private:
  std::shared_ptr<KeyProviders> providers_;
  std::map<std::string, std::vector<std::string>> parameters_;  // by the provider's name
};

// Packets of providers do not say whose they are.
RecipientPattern pattern_of(const std::string& value) {
  const NamedProvider provider = parse_named_provider(value);
  if (provider.parameter == kProviderEnabled) return {.scheme = form_of_provider(provider.name)};
  throw Error(ErrorCode::kUsage, "this key provider does not identify its recipients",
              "provider:" + provider.name + " removes all of them; recipients replace sets new ones");
}

std::string provider_of(std::string_view annotation) {
  return std::string(annotation.substr(kProviderAnnotationPrefix.size()));
}

std::vector<PacketRecipient> describe(std::string_view annotation, ByteView) {
  const std::string name = provider_of(annotation);
  return {{.scheme = "provider:" + name, .text = "key provider " + name}};
}

constexpr std::array kSodiumPublicStarts = {KeyStart{"sodium-x25519-public-", "X25519"}};
constexpr std::array<std::string_view, 1> kSodiumPrivateStarts = {"sodium-x25519-secret-"};
// Images of confidential containers name their agent attestation-agent.
constexpr std::array kOwnProviders = {OwnProvider{.name = "sodium",
                                                  .form = "provider:sodium",
                                                  .program = "keyprovider-sodium",
                                                  .public_key_starts = kSodiumPublicStarts,
                                                  .private_key_starts = kSodiumPrivateStarts},
                                      OwnProvider{.name = "attestation-agent",
                                                  .form = "provider:attestation-agent",
                                                  .program = "keyprovider-coco",
                                                  .private_key_size = 32,
                                                  .key_parameter = "keypath="}};

}  // namespace

constinit const Scheme kProviderScheme = {
    .name = "provider",
    .annotation = kProviderAnnotationPrefix,
    .recipient_form = "provider:NAME[:PARAMETER]",
    .removal_form = "provider:NAME for all of that provider",
    .gather = [](const GatherOptions& options) -> std::unique_ptr<RecipientGatherer> {
      return std::make_unique<ProviderRecipients>(options.providers);
    },
    .pattern = pattern_of,
    .describe = describe,
    .packets_are_opaque = true,
    .provider_of = provider_of,
    .parse_key = parse_named_provider,
    .key_form = "provider:NAME[:PARAMETER]",
    .own_providers = kOwnProviders};

}  // namespace imgcrypt
