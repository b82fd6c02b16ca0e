// What the commands of the command line share. A command registers itself with the parser and, when it is
// chosen, runs once and gives its result to the output, which outlives it.
#pragma once

#include "cli/terminal/output.hpp"
#include "image/tree/selection.hpp"
#include "keywrap/key_wrapper.hpp"
#include "keywrap/packet_recipient.hpp"
#include "keywrap/provider/key_providers.hpp"
#include "transport/reference.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::cli {

// One value each time the option is given, which may be several times: what follows is never taken for
// another.
CLI::Option* make_repeatable(CLI::Option* option, const std::string& type);

// Where the digest of what was written goes as well, without a newline, as other tools write it.
struct DigestFileOption {
  std::string file;
  void add_to(CLI::App& command);
  // Before anything is moved: throws when it could not be written.
  void check() const;
  void write(const Digest& digest) const;
};

// Values given one at a time, or several with commas between them.
struct ListOption {
  std::vector<std::string> lists;
  CLI::Option* add_to(CLI::App& command, const std::string& names, const std::string& description,
                      const std::string& type);
  [[nodiscard]] bool is_given() const noexcept { return !lists.empty(); }
  // Throws kUsage for one that is empty, which the parser would pass over.
  [[nodiscard]] std::vector<std::string> values() const;
};

struct JobsOption {
  unsigned jobs = 0;  // 0: one for each core
  void add_to(CLI::App& command);
  [[nodiscard]] unsigned value() const;
};

struct ProviderOptions {
  unsigned timeout{kProviderTimeout.count()};
  void add_to(CLI::App& command);
  // The file that the environment names; empty when it names none.
  [[nodiscard]] static std::string config();
  [[nodiscard]] std::shared_ptr<KeyProviders> open() const;
};

// Whom a command encrypts for.
struct RecipientOptions {
  std::vector<std::string> recipients;
  bool are_hidden = false;
  void add_to(CLI::App& command);
  // Throws as parse_recipients.
  [[nodiscard]] KeyWrappers read(const ProviderOptions& providers, Reporter& reporter) const;
};

// Which platforms and layers a command is about.
struct SelectionOptions {
  ListOption platforms;
  ListOption layers;
  bool all_platforms = false;  // said for its own sake
  // `others` says what becomes of the other platforms.
  void add_to(CLI::App& command, const std::string& others = "not written");
  // Throws kUsage.
  [[nodiscard]] Selection value() const;
  // Writing some platforms only over the image that has all of them would lose the others. Throws kRefused.
  void check_place(const Reference& source, const Reference& destination) const;
};

// The keys that a command opens layers with.
struct KeyOptions {
  std::vector<std::string> keys;
  std::vector<std::string> certificates;
  bool allow_legacy_cms = false;
  ProviderOptions providers;
  void add_to(CLI::App& command);
  [[nodiscard]] bool are_given() const noexcept { return !keys.empty(); }
  // Reads them and asks for their passphrases. Throws kUsage, naming the key, for any that cannot be used.
  [[nodiscard]] KeyUnwrappers read(Reporter& reporter) const;
};

void add_encrypt(CLI::App& app, Output& output);
void add_decrypt(CLI::App& app, Output& output);
void add_check(CLI::App& app, Output& output);
void add_recipients(CLI::App& app, Output& output);
void add_inspect(CLI::App& app, Output& output);
void add_key(CLI::App& app, Output& output);
void add_provider(CLI::App& app, Output& output);

// What a command says of an image.
[[nodiscard]] JsonObject image_result(const Reference& reference, const Descriptor& root);
// What it says of one that it has written, and of the one that had its name. Without a root it was a dry run.
[[nodiscard]] JsonObject written_result(const Reference& target, const std::optional<Descriptor>& root,
                                        const std::optional<Digest>& replaced);
[[nodiscard]] JsonObject layer_result(const std::string& place, const Descriptor& layer);

[[nodiscard]] JsonObject recipient_json(const PacketRecipient& recipient);

}  // namespace imgcrypt::cli
