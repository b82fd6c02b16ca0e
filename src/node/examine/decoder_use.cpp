#include "node/examine/decoder_use.hpp"

#include "node/defaults.hpp"

#include <algorithm>
#include <optional>

namespace imgcrypt {
namespace {

const std::string kLayerType = "application/vnd.oci.image.layer.v1.";
constexpr std::string_view kProviderVariable = "OCICRYPT_KEYPROVIDER_CONFIG=";

// containerd 1.5 to 2.x, `containerd config default`.
std::vector<StreamProcessor> default_processors() {
  std::vector<StreamProcessor> processors;
  for (const std::string& compression : {std::string("tar"), std::string("tar+gzip")}) {
    std::string name = "io.containerd.ocicrypt.decoder.v1." + compression;
    std::ranges::replace(name, '+', '.');
    processors.push_back({name,
                          {encrypted_layer_type(compression)},
                          kLayerType + compression,
                          "ctd-decoder",
                          {"--decryption-keys-path", kDefaultKeyDirectory},
                          {std::string(kProviderVariable) + kDefaultProviderConfig},
                          "containerd's defaults"});
  }
  return processors;
}

// The last one counts, in both forms: --NAME VALUE and --NAME=VALUE.
std::optional<std::string> option_in(const std::vector<std::string>& arguments, const std::string& name) {
  std::optional<std::string> value;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == name && i + 1 < arguments.size()) value = arguments[i + 1];
    if (arguments[i].starts_with(name + "=")) value = arguments[i].substr(name.size() + 1);
  }
  return value;
}

DecoderUse use_of(const StreamProcessor& processor) {
  DecoderUse use;
  use.path = processor.path;
  use.keys = option_in(processor.arguments, "--decryption-keys-path").value_or(kDefaultKeyDirectory);
  use.is_unconfined = option_in(processor.arguments, "--sandbox") == "off";
  for (const std::string& variable : processor.environment) {
    if (variable.starts_with(kProviderVariable))
      use.provider_config = variable.substr(kProviderVariable.size());
  }
  return use;
}

bool accepts(const StreamProcessor& processor, const std::string& type) {
  return std::ranges::find(processor.accepts, type) != processor.accepts.end();
}

bool is_for_encrypted_layers(const StreamProcessor& processor) {
  return std::ranges::any_of(layer_compressions(), [&](const std::string& compression) {
    return accepts(processor, encrypted_layer_type(compression));
  });
}

Finding missing(const ExaminedContainerd& containerd, const std::string& compression) {
  const std::string config = containerd.config_command();
  return {Severity::kFault, containerd.name(),
          "no stream processor takes encrypted layers of type " + compression,
          compression == "tar+zstd"
              ? "containerd's defaults have none for zstd: images with such layers cannot be unpacked"
              : "images with such layers cannot be unpacked",
          config.empty() ? "Docker writes this file at each start: let it use the containerd of the system "
                           "(systemctl start containerd && " +
                               containerd.restart_command() +
                               "), and install the processors there (imgcrypt config containerd --install)"
                         : config + " && " + containerd.restart_command()};
}

Finding several(const ExaminedContainerd& containerd, const std::string& compression,
                const std::vector<const StreamProcessor*>& rivals) {
  std::string names;
  for (const StreamProcessor* rival : rivals)
    names += (names.empty() ? "" : ", ") + rival->name + " of " + rival->file;
  return {Severity::kFault, containerd.name(),
          "several stream processors take encrypted layers of type " + compression + ": " + names,
          "which of them containerd chooses is not defined, and may change from start to start",
          "take all but one out of these files, then " + containerd.restart_command()};
}

}  // namespace

const std::vector<std::string>& layer_compressions() {
  static const std::vector<std::string> all = {"tar", "tar+gzip", "tar+zstd"};
  return all;
}

std::string encrypted_layer_type(std::string_view compression) {
  return kLayerType + std::string(compression) + "+encrypted";
}

std::vector<StreamProcessor> processors_in_force(const ContainerdConfig& config) {
  std::vector<StreamProcessor> processors = config.processors;
  for (StreamProcessor& by_default : default_processors()) {
    const auto same_name = [&](const StreamProcessor& one) { return one.name == by_default.name; };
    if (std::ranges::none_of(config.processors, same_name)) processors.push_back(std::move(by_default));
  }
  return processors;
}

std::vector<DecoderUse> decoder_uses(const ContainerdConfig& config) {
  std::vector<DecoderUse> uses;
  for (const StreamProcessor& processor : processors_in_force(config)) {
    if (!is_for_encrypted_layers(processor)) continue;
    DecoderUse use = use_of(processor);
    if (std::ranges::find(uses, use) == uses.end()) uses.push_back(std::move(use));
  }
  return uses;
}

Findings examine_processors(const ExaminedContainerd& containerd) {
  Findings findings;
  const std::vector<StreamProcessor> processors = processors_in_force(containerd.config);
  for (const std::string& compression : layer_compressions()) {
    std::vector<const StreamProcessor*> takers;
    for (const StreamProcessor& processor : processors) {
      if (accepts(processor, encrypted_layer_type(compression))) takers.push_back(&processor);
    }
    if (takers.empty()) findings.push_back(missing(containerd, compression));
    if (takers.size() > 1) findings.push_back(several(containerd, compression, takers));
  }
  if (findings.empty())
    findings.push_back({Severity::kFine,
                        containerd.name(),
                        "stream processors take encrypted layers of tar, gzip and zstd",
                        {},
                        {}});
  return findings;
}

}  // namespace imgcrypt
