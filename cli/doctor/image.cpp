#include "cli/doctor/image.hpp"

#include "image/check.hpp"
#include "node/examine/decoder_use.hpp"
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
  findings.push_back(outcome_of(result, about, name, "imgcrypt config keys KEY"));
  return findings;
}

Findings examine_image_for_crio(const std::string& root, ImageSource& image, const std::string& name,
                                Reporter& reporter) {
  return {outcome_of(check_with(unwrappers_of_crio(root), image, reporter), name + " on CRI-O", name,
                     "imgcrypt config keys KEY --keys DIRECTORY-OF-CRI-O")};
}

}  // namespace imgcrypt::cli
