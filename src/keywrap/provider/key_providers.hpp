// Key providers: programs that hold keys, and wrap or unwrap with them. Each is started when it is first
// asked: ours, and others whose configuration says so, once for all requests; the rest once for each. Used by
// the scheme `provider` and by `imgcrypt provider`.
#pragma once

#include "base/process/child_process.hpp"
#include "keywrap/provider/provider_access.hpp"
#include "keywrap/provider/provider_config.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

namespace imgcrypt {

struct OwnProvider;

// How long a provider may take for one answer, unless the user says otherwise.
inline constexpr auto kProviderTimeout =
    std::chrono::duration_cast<std::chrono::seconds>(ProgramLimits().time);

inline constexpr std::size_t kMostProviderCalls = 1024;  // for one KeyProviders: hostile images may name many

enum class MissingConfig { kIsError, kCountsAsEmpty };

// Where providers are found and how long they may take.
struct ProviderSettings {
  std::string config;  // file; empty: none is configured
  // What a configuration that is named but does not exist means.
  MissingConfig missing = MissingConfig::kIsError;
  std::string libexec;  // directory of our own providers, which need no configuration
  ProgramLimits limits;
};

// libexec/imgcrypt in the prefix that the running program was installed to: PREFIX/bin/PROGRAM.
// Throws std::filesystem::filesystem_error when /proc is not mounted.
[[nodiscard]] std::string libexec_directory();

// The path of a program of ours in that directory. Throws kProvider if it is not installed.
[[nodiscard]] std::string own_provider_program(const std::string& libexec, std::string_view program);

// Safe for use by several threads. Programs that still run are killed when it is destroyed. Make it before
// secrets are read: it may fork a watch (DeathWatch), which would keep a copy of them.
class KeyProviders final : public ProviderAccess {
 public:
  // Reads nothing yet; the configuration is read when it is first needed. If it is missing or broken, that is
  // an error for whoever needs one of its providers.
  explicit KeyProviders(ProviderSettings settings);
  ~KeyProviders() override;
  KeyProviders(const KeyProviders&) = delete;
  KeyProviders& operator=(const KeyProviders&) = delete;

  // Those that are configured, then our own. The reference lives as long as this. Throws kUsage for a
  // configuration that is missing or broken.
  [[nodiscard]] const std::vector<ProviderEntry>& entries();

  void require_configured(const std::string& name) override;
  // Whether it is one of our own and not configured. Throws as require, except for the start.
  [[nodiscard]] bool is_own(const std::string& name);
  // Why the configuration cannot be used, once it was read: our own providers work all the same.
  [[nodiscard]] std::optional<Error> config_problem();
  // Throws kUsage for a provider that is neither configured nor our own, also where the configuration cannot
  // be used; kProvider for one that cannot be started. Starts nothing.
  void require(const std::string& name);

  // Also throws as require, and kRefused above kMostProviderCalls.
  [[nodiscard]] SecretBytes exchange(const std::string& name, const SecretBytes& document) override;
  [[nodiscard]] std::string program_of(const std::string& name) override;

 private:
  // How one provider is asked: by one program that is kept, or by one for each request.
  class Connection;
  void load();
  void read_config();
  void add_own(const OwnProvider& own);
  // The program in libexec for a service over gRPC, or why it cannot be asked.
  void find_grpc(ProviderEntry& entry) const;
  const ProviderEntry& entry(const std::string& name);
  // Throws kProvider instead for one of our own, which then is not installed.
  [[nodiscard]] Error not_configured(const std::string& name) const;
  Connection& connection(const std::string& name);

  ProviderSettings settings_;
  // Of everything below up to `connections_`. A connection, once made, stays where it is and has locks of its
  // own, so that one provider does not hold up another.
  std::mutex mutex_;
  bool is_loaded_ = false;
  bool is_config_missing_ = false;
  std::optional<Error> config_problem_;
  std::vector<ProviderEntry> entries_;
  // Before the connections, whose programs it watches until they are destroyed.
  std::unique_ptr<DeathWatch> watch_;
  std::map<std::string, std::unique_ptr<Connection>> connections_;
  std::atomic<std::size_t> calls_{0};
};

}  // namespace imgcrypt
