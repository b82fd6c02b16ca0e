#include "image/decrypt.hpp"
#include "image/encrypt.hpp"
#include "image/inspect.hpp"
#include "keys/key_file.hpp"
#include "keys/passphrase.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "keywrap/provider/key_providers.hpp"
#include "keywrap/provider/provider.hpp"
#include "transport/open.hpp"

#include <imgcrypt/image.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace imgcrypt {
namespace {

class KeepingReporter final : public Reporter {
 public:
  void say(Importance importance, const std::string& text) override {
    const std::scoped_lock lock(mutex_);
    if (importance == Importance::kNote) notes.push_back(text);
    if (importance == Importance::kWarning) warnings.push_back(text);
  }
  [[nodiscard]] Progress& progress() override { return progress_; }

  std::vector<std::string> notes;
  std::vector<std::string> warnings;

 private:
  std::mutex mutex_;
  Progress progress_;
};

unsigned threads_for(unsigned jobs) {
  return jobs != 0 ? jobs : std::max(std::thread::hardware_concurrency(), 1U);
}

Selection selection_of(const std::vector<std::string>& layers, const std::vector<std::string>& platforms) {
  Selection selection;
  for (const std::string& layer : layers) selection.layers.push_back(parse_layer_range(layer));
  for (const std::string& platform : platforms) selection.platforms.push_back(parse_platform(platform));
  return selection;
}

PrivateKey read_private_key(const KeyFile& file) {
  const SecretBytes content = read_key_file(file.path);
  if (file.passphrase_file.empty()) return parse_private_key(content.expose(), nullptr);
  const SecretBytes passphrase = read_passphrase_file(file.passphrase_file);
  return parse_private_key(content.expose(), &passphrase);
}

std::unique_ptr<KeyUnwrapper> open_key(const KeyFile& file) {
  PrivateKey key = read_private_key(file);
  key.check_halves();
  return std::make_unique<PrivateKeyUnwrapper>(file.path, std::move(key));
}

std::shared_ptr<KeyProviders> open_providers(const std::string& config) {
  ProviderSettings settings;
  settings.config = config;
  settings.libexec = libexec_directory();
  return std::make_shared<KeyProviders>(std::move(settings));
}

void add_layers(const DocumentReport& document, const std::vector<LayerRecipient>& recipients,
                std::vector<InspectedLayer>& layers) {
  for (const LayerReport& layer : document.layers) {
    layers.push_back({document.platform ? document.platform->string() : std::string(),
                      layer.descriptor.media_type,
                      layer.descriptor.digest.string(),
                      layer.is_encrypted,
                      {}});
    for (const std::size_t place : layer.recipients)
      layers.back().recipients.push_back(recipients.at(place).recipient.text);
  }
  for (const DocumentReport& part : document.parts) add_layers(part, recipients, layers);
}

// REQUIRES: it was no dry run, so that there is a root.
WrittenImage written(const std::optional<Descriptor>& root, KeepingReporter& reporter) {
  return {root.value().digest.string(), std::move(reporter.notes), std::move(reporter.warnings)};
}

// Callers catch one type: what the standard library throws (no memory, no threads) becomes an Error here.
template <typename Call>
auto throwing_errors(Call call) {
  try {
    return call();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(ErrorCode::kOther, error.what());
  }
}

struct Sides {
  std::unique_ptr<ImageSource> source;
  std::unique_ptr<ImageDestination> destination;
};

template <typename Request>
Sides open_sides(const Request& request, Reporter& reporter) {
  const Reference from = Reference::parse(request.source);
  auto source = open_source(from, {});
  auto destination =
      open_destination(Reference::parse(request.destination, ReferenceUse::kWrite),
                       {.origin = Origin{from, source->root()}, .warn = warn_through(reporter)});
  return {std::move(source), std::move(destination)};
}

WrittenImage encrypt_as_requested(const EncryptRequest& request) {
  KeepingReporter reporter;
  const KeyWrappers wrappers = parse_recipients(
      request.recipients, open_providers(request.provider_config),
      [&](Remark remark, const std::string& text) {
        reporter.say(remark == Remark::kWarning ? Importance::kWarning : Importance::kNote, text);
      });
  if (wrappers.empty()) throw Error(ErrorCode::kUsage, "no recipient was given");
  const Sides image = open_sides(request, reporter);
  EncryptOptions options;
  options.selection = selection_of(request.layers, request.platforms);
  options.write.jobs = threads_for(request.jobs);
  const EncryptResult result = encrypt_image(*image.source, *image.destination, wrappers, options, reporter);
  return written(result.root, reporter);
}

WrittenImage decrypt_as_requested(const DecryptRequest& request) {
  KeepingReporter reporter;
  KeyUnwrappers keys;
  // Opened before the keys are read, since a process that it forks would keep a copy of them; asked last, as
  // it costs most.
  auto providers = open_providers(request.provider_config);
  for (const KeyFile& file : request.keys) keys.push_back(open_key(file));
  keys.push_back(std::make_unique<ProviderUnwrapper>(std::move(providers), ProviderParameters()));
  const Sides image = open_sides(request, reporter);
  DecryptOptions options;
  options.selection = selection_of(request.layers, request.platforms);
  options.write.jobs = threads_for(request.jobs);
  const DecryptResult result = decrypt_image(*image.source, *image.destination, keys, options, reporter);
  return written(result.root, reporter);
}

std::vector<InspectedLayer> inspect_layers(const std::string& source) {
  const ImageReport report = inspect_image(*open_source(Reference::parse(source), {}));
  std::vector<InspectedLayer> layers;
  add_layers(report.root, report.recipients, layers);
  return layers;
}

}  // namespace

WrittenImage encrypt(const EncryptRequest& request) {
  return throwing_errors([&] { return encrypt_as_requested(request); });
}

WrittenImage decrypt(const DecryptRequest& request) {
  return throwing_errors([&] { return decrypt_as_requested(request); });
}

std::vector<InspectedLayer> inspect(const std::string& source) {
  return throwing_errors([&] { return inspect_layers(source); });
}

}  // namespace imgcrypt
