#include "cli/commands.hpp"
#include "cli/options/keys/provider_options.hpp"

#include <imgcrypt/error.hpp>

#include <memory>
#include <optional>

namespace imgcrypt::cli {
namespace {

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
  // Nothing is started: require() only looks for the program.
  for (const ProviderEntry& entry : providers->entries()) {
    const std::optional<std::string> fault = fault_of(*providers, entry);
    output.print_text(text_of(entry, !fault));
    found.add(json_of(entry, fault));
  }
  output.print_json(JsonObject().add("providers", found));
}

}  // namespace

void define_provider_list(CLI::App& command, Output& output) {
  command.callback([&output] { run_list(output); });
}

}  // namespace imgcrypt::cli
