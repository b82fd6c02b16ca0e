// Key providers: programs that hold keys and wrap or unwrap with them. Started when they are first asked;
// ours, and others that say so in the configuration, once for all requests.
#pragma once

#include "base/process/child_process.hpp"
#include "keywrap/provider/provider_config.hpp"
#include "keywrap/provider/provider_protocol.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

namespace imgcrypt {

struct OwnProvider;

inline constexpr std::size_t kMostProviderCalls = 1024;

enum class MissingConfig { kIsError, kCountsAsEmpty };

// Where providers are found and how long they may take.
struct ProviderSettings {
  std::string config;  // file; empty: none is configured
  MissingConfig missing = MissingConfig::kIsError;
  std::string libexec;  // directory of our own providers, which need no configuration
  ProgramLimits limits;
};

// ../libexec/imgcrypt beside the folder of the program that runs.
[[nodiscard]] std::string libexec_directory();

// Safe for use by several threads. Programs that still run are killed when it is destroyed.
class KeyProviders {
 public:
  explicit KeyProviders(ProviderSettings settings);
  ~KeyProviders();

  // What is configured, then those of our own. Throws kUsage for a configuration that is missing or broken.
  [[nodiscard]] const std::vector<ProviderEntry>& entries();

  // Throws kUsage for a provider that is not in the configuration, be it one of our own.
  void require_configured(const std::string& name);
  // Throws kUsage for a provider that is neither configured nor our own, kProvider for one that cannot be
  // started.
  void require(const std::string& name);

  // One document for another, whatever they hold. Throws as ask.
  [[nodiscard]] SecretBytes exchange(const std::string& name, const SecretBytes& document);
  // nullopt when the reply has no result. Throws as require; kProvider, naming it, when it fails; kRefused
  // above kMostProviderCalls; kCancelled.
  [[nodiscard]] std::optional<SecretBytes> ask(const std::string& name, const ProviderRequest& request);

 private:
  class Connection;
  void load();
  void read_config();
  void add_own(const OwnProvider& own);
  const ProviderEntry& entry(const std::string& name);
  Error not_configured(const std::string& name) const;
  Connection& connection(const std::string& name);

  ProviderSettings settings_;
  std::mutex mutex_;
  bool is_loaded_ = false;
  bool is_config_missing_ = false;
  std::vector<ProviderEntry> entries_;
  std::unique_ptr<DeathWatch> watch_;
  std::map<std::string, std::unique_ptr<Connection>> connections_;
  std::atomic<std::size_t> calls_{0};
};

}  // namespace imgcrypt
