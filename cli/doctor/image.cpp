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

std::string cure_of(const Error& problem, const std::string& name) {
  if (problem.code() == ErrorCode::kNoKey)
    return "put one of its keys on the node (imgcrypt config keys KEY), or wrap it for a key of the node: "
           "imgcrypt recipients add " +
           name + " -r jwe:NODE.pub -k KEY";
  return problem.hint();
}

}  // namespace

Findings examine_image(const ExaminedContainerd& containerd, ImageSource& image, const std::string& name,
                       Reporter& reporter) {
  const std::string about = name + " on " + containerd.name();
  const KeyUnwrappers keys = unwrappers_of(containerd);
  CheckOptions how;
  how.unwrappers = &keys;
  const CheckResult result = check_image(image, how, reporter);
  Findings findings;
  for (const std::string& type : types_without_processor(result, containerd.config))
    findings.push_back({Severity::kFault, about,
                        "it has layers of type " + type + ", which no stream processor takes",
                        "containerd refuses them without asking the decoder", containerd.config_command()});
  if (const auto problem = worst_problem(result)) {
    findings.push_back({Severity::kFault, about, problem->message(), "this node cannot unpack the image",
                        cure_of(*problem, name)});
  } else if (result.encrypted() == 0) {
    findings.push_back({Severity::kFine, about, "it is not encrypted: every node can run it", {}, {}});
  } else {
    findings.push_back(
        {Severity::kFine,
         about,
         "the node's keys open " + (result.encrypted() == 1
                                        ? std::string("its encrypted layer")
                                        : "all " + std::to_string(result.encrypted()) + " encrypted layers"),
         {},
         {}});
  }
  return findings;
}

}  // namespace imgcrypt::cli
