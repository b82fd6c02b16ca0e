#include "node/examine/node_providers.hpp"

#include "keywrap/provider/key_providers.hpp"
#include "keywrap/provider/provider_protocol.hpp"
#include "keywrap/provider_key.hpp"
#include "node/examine/program_safety.hpp"
#include "node/key_directory.hpp"

#include <imgcrypt/error.hpp>

#include <unistd.h>

#include <filesystem>
#include <set>

namespace imgcrypt {
namespace {

constexpr std::chrono::seconds kMostAnswerTime{10};

// How it takes a packet that nobody made: empty if it refuses, as it should; else how it broke down.
std::string breakdown_of(KeyProviders& providers, const std::string& name) {
  try {
    const std::string_view packet = "imgcrypt doctor asks whether you answer";
    (void)providers.exchange(
        name, format_provider_request(
                  {ProviderOperation::kUnwrap, {}, SecretBytes::copy_of(as_bytes(packet))}, name));
    return {};
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    const bool is_breakdown = error.message().find("killed by signal") != std::string::npos ||
                              error.message().find("no answer within") != std::string::npos;
    return is_breakdown ? error.message() : std::string();
  }
}

Finding examine_configured(KeyProviders& providers, const ProviderEntry& entry, const std::string& about,
                           const std::string& config) {
  const std::string why = "layers wrapped for it cannot be opened";
  if (!entry.program) return {Severity::kFault, about, entry.unusable, why, "correct its entry in " + config};
  try {
    providers.require(entry.name);
  } catch (const Error& error) {
    return {Severity::kFault, about, error.message(), why,
            "install " + entry.program->path + ", or correct its entry in " + config};
  }
  const auto program = find_program(entry.program->path);
  if (const std::string danger = program ? danger_of_program(*program) : ""; !danger.empty())
    return {Severity::kFault, about, *program + ": " + danger, "whoever can replace it gets the node's keys",
            "chown root " + *program + " && chmod go-w " + *program};
  if (const std::string breakdown = breakdown_of(providers, entry.name); !breakdown.empty())
    return {Severity::kFault, about, breakdown, why, "imgcrypt provider test " + entry.name};
  return {Severity::kFine, about, "it answers", {}, {}};
}

// Those that only keys in the key directory need.
Findings examine_own(const ExaminedContainerd& containerd, const DecoderUse& use,
                     const std::string& program) {
  Findings findings;
  const std::string libexec = libexec_beside(program);
  const KeyDirectory keys(containerd.below + use.keys);
  const std::set<std::string> needed = keys.needed_providers();
  for (const OwnProvider* own : own_providers()) {
    const std::string name(own->name);
    if (!needed.contains(name)) continue;
    const std::string about = "key provider " + name;
    const std::string file = libexec + "/" + std::string(own->program);
    if (!libexec.empty() && ::access(file.c_str(), X_OK) == 0) {
      findings.push_back({Severity::kFine, about, "it is installed: " + file, {}, {}});
    } else {
      findings.push_back({Severity::kFault, about, "it is not installed beside the decoder: " + file,
                          "its keys in " + use.keys + " open nothing without it",
                          "install imgcrypt's key providers there"});
    }
  }
  return findings;
}

}  // namespace

std::string libexec_beside(const std::string& program) {
  std::error_code failure;
  const auto file = std::filesystem::canonical(program, failure);
  return failure ? std::string() : (file.parent_path().parent_path() / "libexec/imgcrypt").string();
}

NodeProviders examine_providers(const ExaminedContainerd& containerd, const DecoderUse& use,
                                const std::string& program) {
  NodeProviders result;
  result.findings = examine_own(containerd, use, program);
  const std::string config = containerd.below + use.provider_config;
  if (use.provider_config.empty() || ::access(config.c_str(), F_OK) != 0) return result;
  ProviderSettings settings;
  settings.config = config;
  settings.missing = MissingConfig::kCountsAsEmpty;
  settings.limits.time = kMostAnswerTime;
  try {
    KeyProviders providers(std::move(settings));
    for (const ProviderEntry& entry : providers.entries()) {
      if (entry.is_own) continue;
      ++result.configured;
      const std::string about = "key provider " + entry.name;
      result.findings.push_back(
          containerd.has_our_programs()
              ? examine_configured(providers, entry, about, config)
              : Finding{Severity::kNote, about, "it was not started",
                        "programs of another root are not started, so it is not known whether it answers",
                        "run doctor there"});
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    result.findings.push_back({Severity::kFault, "key providers of " + config, error.message(),
                               "no key provider can be asked",
                               error.hint().empty() ? "correct the file" : error.hint()});
  }
  return result;
}

}  // namespace imgcrypt
