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
#include <map>
#include <memory>
#include <set>

namespace imgcrypt::cli {
namespace {

constexpr const char* kDocker = "docker";
constexpr const char* kCrio = "crio";
// What --daemon takes, and whose containerd that means.
const std::map<std::string, std::optional<ContainerdOwner>> kDaemons = {
    {"containerd", ContainerdOwner::kSystem},
    {"k3s", ContainerdOwner::kK3s},
    {"rke2", ContainerdOwner::kRke2},
    {kDocker, ContainerdOwner::kDocker},
    {kCrio, std::nullopt}};

struct DoctorArguments {
  std::string daemon;
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

// Who names one file asks about one containerd.
bool asks_for(const DoctorArguments& arguments, const std::string& daemon) {
  return arguments.daemon.empty() ? arguments.config.empty() : arguments.daemon == daemon;
}

// What was found out about a daemon that may be absent: it is said only to who asks for it by name.
Findings or_absent(Findings findings, const std::string& about, const DoctorArguments& arguments) {
  if (findings.empty() && !arguments.daemon.empty())
    findings.push_back({Severity::kFault, about, "it neither runs nor is configured here",
                        "there is nothing to examine",
                        "run doctor on a node that has it, or without --daemon"});
  return findings;
}

void run_doctor(const DoctorArguments& arguments, Output& output) {
  if (!arguments.config.empty()) require_absolute("--config", arguments.config);
  const std::string& name = arguments.image.reference;
  const auto image = name.empty() ? nullptr : arguments.image.open({}, output);
  const std::string root = without_slash(arguments.root);
  const Findings crio =
      asks_for(arguments, kCrio) ? or_absent(examine_crio(root), "CRI-O", arguments) : Findings();
  ContainerdChoice choice{arguments.config, arguments.version, root};
  if (!arguments.daemon.empty()) choice.owner = kDaemons.at(arguments.daemon);
  // A node of CRI-O has no containerd, and Docker may use that of the system.
  choice.need_not_be = !crio.empty() || arguments.daemon == kDocker;
  Examination examination;
  if (arguments.daemon != kCrio) {
    for (const ExaminedContainerd& containerd : find_containerds(choice)) {
      const NodeKeys keys = examination.examine(containerd);
      if (!arguments.skips_self_test && containerd.running)
        examination.add(self_test(containerd, keys, arguments.self_test));
      if (image != nullptr) examination.add(examine_image(containerd, *image, name, output));
    }
  }
  if (asks_for(arguments, kDocker)) examination.add(or_absent(examine_docker(root), "Docker", arguments));
  examination.add(crio);
  if (image != nullptr && !crio.empty()) examination.add(examine_image_for_crio(root, *image, name, output));
  report(examination.findings(), output);
}

}  // namespace

void define_doctor(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<DoctorArguments>();
  arguments->image.add_argument_to(command, "image that the node is to open");
  command.get_option("REF")->required(false);
  auto* const config =
      command
          .add_option("--config", arguments->config,
                      "examine only the containerd that reads this file (default: all that run here, else " +
                          std::string(kDefaultConfigFile) + ")")
          ->type_name("FILE");
  command
      .add_option("--daemon", arguments->daemon,
                  "examine only what this one needs: containerd, k3s, rke2, docker or crio (default: all "
                  "that are here)")
      ->type_name("NAME")
      ->check(CLI::IsMember(kDaemons))
      ->excludes(config);
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
