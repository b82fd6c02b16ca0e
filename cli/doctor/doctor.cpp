#include "cli/commands.hpp"
#include "cli/config/setup_options.hpp"
#include "cli/doctor/image.hpp"
#include "cli/doctor/report.hpp"
#include "cli/doctor/self_test.hpp"
#include "cli/options/images/read_image.hpp"
#include "node/defaults.hpp"
#include "node/examine/decoder.hpp"
#include "node/examine/node_keys.hpp"
#include "node/examine/node_providers.hpp"
#include "node/examine/other_daemons.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>

namespace imgcrypt::cli {
namespace {

struct DoctorArguments {
  std::string config;
  std::string version;
  std::string root;
  bool skips_self_test = false;
  SelfTestOptions self_test;
  ReadImage image;  // none if its reference is empty
};

// Several containerds, or processors, may share a decoder and keys: what was said once is not said again.
class Examination {
 public:
  // Returns the keys of its decoder.
  NodeKeys examine(const ExaminedContainerd& containerd) {
    add(containerd.findings);
    add(examine_processors(containerd));
    NodeKeys all;
    for (const DecoderUse& use : decoder_uses(containerd.config)) {
      NodeKeys keys = examine(containerd, use);
      all.others += keys.others;
      std::ranges::move(keys.keys, std::back_inserter(all.keys));
    }
    return all;
  }

  void add(const Findings& findings) {
    for (const Finding& finding : findings) {
      if (said_.insert(finding.about + "\n" + finding.what).second) findings_.push_back(finding);
    }
  }

  [[nodiscard]] const Findings& findings() const noexcept { return findings_; }

 private:
  NodeKeys examine(const ExaminedContainerd& containerd, const DecoderUse& use) {
    add(examine_decoder(containerd, use, IMGCRYPT_VERSION));
    const auto decoder = find_program_of(containerd, use.path);
    NodeProviders providers =
        examine_providers(containerd, use, decoder ? containerd.below + *decoder : std::string());
    NodeKeys keys = examine_keys(use.keys, containerd.below,
                                 providers.configured > 0 ? KeysElsewhere::kMayBe : KeysElsewhere::kNone);
    add(keys.findings);
    add(providers.findings);
    return keys;
  }

  Findings findings_;
  std::set<std::string> said_;
};

std::string without_slash(std::string root) {
  while (root.ends_with('/')) root.pop_back();
  return root;
}

void run_doctor(const DoctorArguments& arguments, Output& output) {
  if (!arguments.config.empty()) require_absolute("--config", arguments.config);
  const std::string& name = arguments.image.reference;
  const auto image = name.empty() ? nullptr : arguments.image.open({}, output);
  Examination examination;
  for (const ExaminedContainerd& containerd :
       find_containerds({arguments.config, arguments.version, without_slash(arguments.root)})) {
    const NodeKeys keys = examination.examine(containerd);
    if (!arguments.skips_self_test && containerd.running)
      examination.add(self_test(containerd, keys, arguments.self_test));
    if (image != nullptr) examination.add(examine_image(containerd, *image, name, output));
  }
  // Who names one file asks about one containerd.
  if (arguments.config.empty()) {
    examination.add(examine_docker(without_slash(arguments.root)));
    examination.add(examine_crio(without_slash(arguments.root)));
  }
  report(examination.findings(), output);
}

}  // namespace

void define_doctor(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<DoctorArguments>();
  arguments->image.add_argument_to(command, "image that the node is to open");
  command.get_option("REF")->required(false);
  command
      .add_option("--config", arguments->config,
                  "examine only the containerd that reads this file (default: all that run here, else " +
                      std::string(kDefaultConfigFile) + ")")
      ->type_name("FILE");
  add_version_to(command, arguments->version, "version of containerd (default: what it says)");
  command
      .add_option(
          "--root", arguments->root,
          "directory that is the root of the node, such as that of an image; what runs is not looked at")
      ->type_name("DIR");
  command.add_flag("--no-self-test", arguments->skips_self_test,
                   "do not send a tiny encrypted image through containerd");
  command
      .add_option("--address", arguments->self_test.address,
                  "socket of containerd, for the self-test (default: what its process or configuration says)")
      ->type_name("SOCKET");
  command
      .add_option("--snapshotter", arguments->self_test.snapshotter,
                  "snapshotter for the self-test (default: containerd's)")
      ->type_name("NAME");
  arguments->image.add_options_to(command);
  command.callback([arguments, &output] { run_doctor(*arguments, output); });
}

}  // namespace imgcrypt::cli
