#include "cli/doctor/self_test.hpp"

#include "cli/doctor/scratch_directory.hpp"
#include "cli/doctor/silent_reporter.hpp"
#include "cli/doctor/test_image.hpp"
#include "cli/doctor/test_namespace.hpp"
#include "image/encrypt.hpp"
#include "keywrap/parse_recipients.hpp"
#include "node/defaults.hpp"
#include "node/examine/decoder.hpp"
#include "node/examine/program_safety.hpp"
#include "transport/open.hpp"

#include <imgcrypt/error.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace imgcrypt::cli {
namespace {

const std::string kImageName = "imgcrypt.invalid/doctor";

// The one of the same installation; else that of containerd's PATH. Empty if there is none that is safe.
std::string find_ctr(const ExaminedContainerd& containerd) {
  const std::string beside =
      (std::filesystem::path(containerd.running->program).parent_path() / "ctr").string();
  const auto found =
      ::access(beside.c_str(), X_OK) == 0 ? std::optional(beside) : find_program_of(containerd, "ctr");
  return found && danger_of_program(*found).empty() ? *found : std::string();
}

std::string address_of(const ExaminedContainerd& containerd, const SelfTestOptions& options) {
  if (!options.address.empty()) return options.address;
  if (containerd.running->address) return *containerd.running->address;
  return containerd.config.address.empty() ? kDefaultAddress : containerd.config.address;
}

std::vector<std::string> task_directories_of(const ExaminedContainerd& containerd) {
  const auto below = [](const std::optional<std::string>& argument, const std::string& configured,
                        const std::string& by_default) {
    return argument.value_or(configured.empty() ? by_default : configured) + "/io.containerd.runtime.v2.task";
  };
  return {below(containerd.running->root, containerd.config.root, "/var/lib/containerd"),
          below(containerd.running->state, containerd.config.state, "/run/containerd")};
}

// Those that a layer can have here.
std::vector<std::string> usable_compressions(const ContainerdConfig& config) {
  std::vector<std::string> usable;
  for (const std::string& compression : layer_compressions()) {
    const std::string type = encrypted_layer_type(compression);
    const bool is_taken =
        std::ranges::any_of(processors_in_force(config), [&](const StreamProcessor& processor) {
          return std::ranges::find(processor.accepts, type) != processor.accepts.end();
        });
    if (is_taken) usable.push_back(compression);
  }
  return usable;
}

// Writes an archive with the image, encrypted for the key, and returns its path.
std::string make_archive(const std::string& directory, const PublicKey& key, const ContainerdConfig& config) {
  const std::string plain = directory + "/plain";
  std::filesystem::create_directory(plain);
  write_test_image(plain, usable_compressions(config));
  const std::string public_key = directory + "/key.pub.pem";
  std::ofstream(public_key) << key.to_pem();
  const KeyWrappers wrappers = parse_recipients(std::vector<std::string>{"jwe:" + public_key}, nullptr,
                                                [](Remark, const std::string&) {});
  const auto source = open_source(Reference::parse("oci:" + plain + ":" + kTestTag), {});
  const std::string archive = directory + "/image.tar";
  const auto destination =
      open_destination(Reference::parse("oci-archive:" + archive + ":" + kTestTag, ReferenceUse::kWrite), {});
  SilentReporter reporter;
  (void)encrypt_image(*source, *destination, wrappers, {}, reporter);
  return archive;
}

std::vector<std::string> with_snapshotter(std::vector<std::string> arguments,
                                          const SelfTestOptions& options) {
  if (!options.snapshotter.empty()) {
    arguments.emplace_back("--snapshotter");
    arguments.push_back(options.snapshotter);
  }
  return arguments;
}

// The control group has one level and no share of the CPU, and runc's state is below our directory: so all of
// it goes with the container.
Finding run_container(const TestNamespace& containerd, const std::string& about, const std::string& directory,
                      const SelfTestOptions& options) {
  std::vector<std::string> arguments = with_snapshotter({"run", "--rm"}, options);
  for (const std::string& word :
       {std::string("--runc-root"), directory + "/runc", std::string("--fifo-dir"), directory + "/fifo",
        std::string("--cgroup"), "/" + containerd.name(), std::string("--cpu-shares"), std::string("0"),
        kImageName + ":" + kTestTag, containerd.name(), std::string(kTestProgram)})
    arguments.push_back(word);
  try {
    const std::string printed = containerd.run(arguments);
    if (printed.starts_with(kTestLine))
      return {Severity::kFine, about, "a tiny encrypted image was unpacked and run", {}, {}};
    return {Severity::kFault, about, "a container of a tiny encrypted image printed: " + printed,
            "it was not what was encrypted", "imgcrypt doctor --config FILE once more, and report it"};
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    return {Severity::kFault, about, "a tiny encrypted image was unpacked, but not run: " + error.message(),
            "decryption works; containers do not start",
            "ctr run --rm IMAGE test, with any image, shows the same"};
  }
}

Finding test(const ExaminedContainerd& containerd, const std::string& ctr, const PublicKey& key,
             const std::string& about, const SelfTestOptions& options) {
  const ScratchDirectory directory;
  const std::string archive = make_archive(directory.path(), key, containerd.config);
  const TestNamespace space({ctr, address_of(containerd, options), task_directories_of(containerd)},
                            directory.path());
  try {
    std::vector<std::string> arguments =
        with_snapshotter({"images", "import", "--base-name", kImageName}, options);
    arguments.push_back(archive);
    (void)space.run(arguments);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    return {Severity::kFault, about,
            "a tiny image that is encrypted for " + key.description() +
                " could not be unpacked: " + error.message(),
            "others would fail in the same way",
            "mend the other faults first; journalctl -u containerd tells more"};
  }
  if (!test_image_runs_here() || !find_program_of(containerd, "runc"))
    return {Severity::kFine,
            about,
            "a tiny encrypted image was unpacked; it was not run, as there is no runc here",
            {},
            {}};
  return run_container(space, about, directory.path(), options);
}

}  // namespace

Findings self_test(const ExaminedContainerd& containerd, const NodeKeys& keys,
                   const SelfTestOptions& options) {
  const std::string about = "self-test of " + containerd.name();
  const auto not_done = [&](const std::string& what, const std::string& cure) {
    return Findings{{Severity::kNote, about, what, "whether encrypted images run was not tried", cure}};
  };
  if (!containerd.running || !containerd.has_our_programs())
    return not_done("it was not done: it is not a containerd of this root", "run doctor there");
  if (keys.keys.empty())
    return not_done("it was not done: it needs an RSA or EC key in the key directory",
                    "imgcrypt config keys PRIVATE-KEY");
  if (::geteuid() != 0) return not_done("it was not done: it needs root", "run doctor as root");
  const std::string ctr = find_ctr(containerd);
  if (ctr.empty())
    return not_done("it was not done: there is no ctr of that containerd", "install ctr beside it");
  return {test(containerd, ctr, keys.keys.front().public_key(), about, options)};
}

}  // namespace imgcrypt::cli
