#include "cli/doctor/image.hpp"

#include "image/check.hpp"
#include "node/daemons/crio_config.hpp"
#include "node/examine/decoder_use.hpp"
#include "node/examine/node_keys.hpp"
#include "node/examine/node_unwrappers.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <set>

namespace imgcrypt::cli {
namespace {

// Types of layers that no processor takes, by their names after decryption's.
std::set<std::string> types_without_processor(const CheckResult& result, const ContainerdConfig& config) {
  std::set<std::string> types;
  const auto processors = processors_in_force(config);
  for (const CheckedLayer& layer : result.layers) {
    const std::string& type = layer.layer.media_type;
    const bool is_taken = std::ranges::any_of(processors, [&](const StreamProcessor& processor) {
      return std::ranges::find(processor.accepts, type) != processor.accepts.end();
    });
    if (is_encrypted(type) && !is_taken) types.insert(type);
  }
  return types;
}

// `put` puts a key where the node looks for it.
std::string cure_of(const Error& problem, const std::string& name, const std::string& put) {
  if (problem.code() == ErrorCode::kNoKey)
    return "put one of its keys on the node (" + put +
           "), or wrap it for a key of the node: imgcrypt recipients add " + name + " -r jwe:NODE.pub -k KEY";
  return problem.hint();
}

CheckResult check_with(const KeyUnwrappers& keys, ImageSource& image, Reporter& reporter) {
  CheckOptions how;
  how.unwrappers = &keys;
  return check_image(image, how, reporter);
}

// Whether the keys opened it.
Finding outcome_of(const CheckResult& result, const std::string& about, const std::string& name,
                   const std::string& put) {
  if (const auto problem = worst_problem(result))
    return {Severity::kFault, about, problem->message(), "this node cannot unpack the image",
            cure_of(*problem, name, put)};
  if (result.encrypted() == 0)
    return {Severity::kFine, about, "it is not encrypted: every node can run it", {}, {}};
  return {Severity::kFine,
          about,
          "the node's keys open " + (result.encrypted() == 1
                                         ? std::string("its encrypted layer")
                                         : "all " + std::to_string(result.encrypted()) + " encrypted layers"),
          {},
          {}};
}

}  // namespace

Findings examine_image(const ExaminedContainerd& containerd, ImageSource& image, const std::string& name,
                       Reporter& reporter) {
  const std::string about = name + " on " + containerd.name();
  const CheckResult result = check_with(unwrappers_of(containerd), image, reporter);
  Findings findings;
  for (const std::string& type : types_without_processor(result, containerd.config))
    findings.push_back({Severity::kFault, about,
                        "it has layers of type " + type + ", which no stream processor takes",
                        "containerd refuses them without asking the decoder", containerd.config_command()});
  const auto uses = decoder_uses(containerd.config);
  const std::string directory = uses.empty() ? kDefaultKeyDirectory : uses.front().keys;
  findings.push_back(outcome_of(result, about, name, put_key_command("KEY", directory, containerd.below)));
  return findings;
}

Findings examine_image_for_crio(const std::string& root, ImageSource& image, const std::string& name,
                                Reporter& reporter) {
  std::string directory;
  try {
    directory = crio_key_directory(root);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    return {};  // examine_crio() says what is wrong with the configuration
  }
  const CheckResult result = check_with(unwrappers_of_crio(root, directory), image, reporter);
  return {outcome_of(result, name + " on CRI-O", name, put_key_command("KEY", directory, root))};
}

}  // namespace imgcrypt::cli
