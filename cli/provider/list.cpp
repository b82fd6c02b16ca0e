#include "cli/commands.hpp"
#include "cli/key/own_provider.hpp"
#include "cli/options/keys/provider_options.hpp"
#include "cli/provider/stopwatch.hpp"
#include "keywrap/provider_key.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <memory>
#include <optional>

namespace imgcrypt::cli {
namespace {

// A program of ours, under the name that users give to it.
struct OwnListed {
  std::string name;
  std::string program;
  bool is_asked_by_name = true;  // by -r and -k; else by what the configuration says
};

// Those that the configuration does not replace. Whether they are installed does not matter.
std::vector<OwnListed> own_listed(const std::vector<ProviderEntry>& entries) {
  std::vector<OwnListed> own;
  for (const OwnProvider* provider : own_providers())
    own.push_back({std::string(provider->name), std::string(provider->program)});
  own.push_back({"grpc", "keyprovider-grpc", false});
  std::erase_if(own, [&](const OwnListed& listed) {
    return std::ranges::any_of(
        entries, [&](const ProviderEntry& entry) { return !entry.is_own && entry.name == listed.name; });
  });
  return own;
}

// Starts it: so it is known whether all of its libraries are there.
void list_own(const OwnListed& own, Output& output, JsonArray& found) {
  JsonObject object;
  object.add("name", own.name);
  const Stopwatch time;
  try {
    (void)ask_own_provider(own.program, {"--version"});
    const std::string path = libexec_directory() + "/" + own.program;
    output.print_text(own.name + ": " + path + " (" +
                      (own.is_asked_by_name ? "started once per image" : "asks services") + ", starts in " +
                      time.text() + ")");
    object.add("usable", true).add_null("fault").add("path", path).add("arguments", JsonArray());
    object.add("startedForEachLayer", false).add("startMilliseconds", time.milliseconds());
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    output.print_text(own.name + ": " + error.message());
    object.add("usable", false).add("fault", error.message());
  }
  found.add(object);
}

// Why it cannot be used; nullopt if it can.
std::optional<std::string> fault_of(KeyProviders& providers, const ProviderEntry& entry) {
  try {
    providers.require(entry.name);
    return std::nullopt;
  } catch (const Error& error) {
    return error.message();
  }
}

std::string command_line(const Program& program) {
  std::string line = program.path;
  for (const std::string& argument : program.arguments) line += " " + argument;
  return line;
}

std::string text_of(const ProviderEntry& entry, bool is_usable) {
  if (!entry.program) return entry.name + ": " + entry.unusable;
  return entry.name + ": " + command_line(*entry.program) +
         (entry.serve_arguments ? " (started once per image)" : " (started for each layer)") +
         (is_usable ? "" : ": cannot be started");
}

JsonObject json_of(const ProviderEntry& entry, const std::optional<std::string>& fault) {
  JsonObject object;
  object.add("name", entry.name).add("usable", !fault).add_or_null("fault", fault);
  if (entry.program) {
    object.add("path", entry.program->path).add("arguments", JsonArray::of(entry.program->arguments));
    object.add("startedForEachLayer", !entry.serve_arguments);
  }
  return object;
}

void run_list(Output& output) {
  const auto providers = ProviderOptions().open();
  JsonArray found;
  const std::vector<ProviderEntry>& entries = providers->entries();
  for (const ProviderEntry& entry : entries) {
    if (entry.is_own) continue;
    // Not started, as nobody knows what it does: require() only looks for the program.
    const std::optional<std::string> fault = fault_of(*providers, entry);
    output.print_text(text_of(entry, !fault));
    found.add(json_of(entry, fault));
  }
  for (const OwnListed& own : own_listed(entries)) list_own(own, output, found);
  output.print_json(JsonObject().add("providers", found));
}

}  // namespace

void define_provider_list(CLI::App& command, Output& output) {
  command.callback([&output] { run_list(output); });
}

}  // namespace imgcrypt::cli
