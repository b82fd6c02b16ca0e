#include "keywrap/provider/provider.hpp"

#include "cli/command.hpp"
#include "cli/provider_test.hpp"

#include <memory>
#include <optional>

namespace imgcrypt::cli {
namespace {

// Why it cannot be used; nullopt when it can.
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
         (entry.serve_arguments ? " (started once an image)" : " (started for each layer)") +
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

void list(const ProviderOptions& options, Output& output) {
  const auto providers = options.open();
  JsonArray found;
  for (const ProviderEntry& entry : providers->entries()) {
    const std::optional<std::string> fault = fault_of(*providers, entry);
    output.print_text(printable(text_of(entry, !fault)));
    found.add(json_of(entry, fault));
  }
  output.print_json(JsonObject().add("providers", found));
}

std::string name_of(ProviderTest::Verdict verdict) {
  switch (verdict) {
    case ProviderTest::Verdict::kPassed:
      return "ok";
    case ProviderTest::Verdict::kNote:
      return "note";
    case ProviderTest::Verdict::kFailed:
      return "FAIL";
  }
  return {};
}

struct TestOptions {
  std::string provider;
  std::vector<std::string> unwrap_parameters;
  ProviderOptions providers;
};

void test(const TestOptions& options, Output& output) {
  const NamedProvider provider = parse_named_provider(options.provider);
  const auto providers = options.providers.open();
  providers->require(provider.name);
  ProviderTest conformance(
      *providers, provider.name, {provider.parameter},
      options.unwrap_parameters.empty() ? std::vector{provider.parameter} : options.unwrap_parameters);
  JsonArray checks;
  const std::size_t failures = conformance.run([&](ProviderTest::Verdict verdict, const std::string& text) {
    const std::string name = name_of(verdict);
    output.print_text(name + std::string(6 - name.size(), ' ') + printable(text));
    checks.add(JsonObject().add("verdict", name).add("check", text));
  });
  JsonObject result;
  result.add("provider", provider.name).add("failures", failures).add("checks", checks);
  if (failures == 0) return output.print_json(std::move(result));
  output.keep_for_error(std::move(result));
  throw Error(ErrorCode::kProvider,
              "key provider " + provider.name + ": " + std::to_string(failures) + " checks failed",
              "keyprovider/README.md has the protocol");
}

}  // namespace

void add_provider(CLI::App& app, Output& output) {
  CLI::App* command = app.add_subcommand("provider", "Show and test key providers");
  command->require_subcommand(1);

  const auto list_options = std::make_shared<ProviderOptions>();
  CLI::App* list_command =
      command->add_subcommand("list", "Show the key providers that are configured, and our own");
  list_command->callback([list_options, &output] { list(*list_options, output); });

  const auto options = std::make_shared<TestOptions>();
  CLI::App* test_command =
      command->add_subcommand("test", "Wrap and unwrap a key with a provider, and try wrong input on it");
  test_command->add_option("NAME", options->provider, "key provider, as in provider:NAME[:PARAMETER]")
      ->required()
      ->type_name("NAME[:PARAMETER]");
  make_repeatable(
      test_command->add_option(
          "-k,--key", options->unwrap_parameters,
          "parameter to unwrap with, when it is not the one to wrap with; may be given several times"),
      "PARAMETER");
  options->providers.add_to(*test_command);
  test_command->callback([options, &output] { test(*options, output); });
}

}  // namespace imgcrypt::cli
