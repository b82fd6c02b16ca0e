#include "cli/command.hpp"
#include "cli/provider_test.hpp"
#include "keywrap/recipient.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

std::string describe(const ProviderEntry& entry) {
  if (!entry.program) return entry.unusable;
  std::string line = entry.program->path;
  for (const std::string& argument : entry.program->arguments) line += " " + argument;
  return line + (entry.serve_arguments ? " (started once an image)" : " (started for each layer)");
}

void list(const ProviderOptions& options) {
  const auto providers = options.open();
  for (const ProviderEntry& entry : providers->entries()) {
    std::string line = entry.name + ": " + describe(entry);
    try {
      providers->require(entry.name);
    } catch (const Error& error) {
      line += entry.program ? ": cannot be started" : "";
    }
    print_line(printable(line));
  }
}

struct TestOptions {
  std::string provider;
  std::vector<std::string> unwrap_parameters;
  ProviderOptions providers;
};

void test(const TestOptions& options) {
  const ProviderString provider = *parse_provider_string("provider:" + options.provider);
  const auto providers = options.providers.open();
  providers->require(provider.name);
  ProviderTest conformance(
      *providers, provider.name, {provider.parameter},
      options.unwrap_parameters.empty() ? std::vector{provider.parameter} : options.unwrap_parameters);
  const std::size_t failures = conformance.run([](const std::string& line) { print_line(printable(line)); });
  if (failures == 0) return;
  throw Error(ErrorCode::kProvider,
              "key provider " + provider.name + ": " + std::to_string(failures) + " checks failed",
              "keyprovider/README.md has the protocol");
}

}  // namespace

void add_provider(CLI::App& app) {
  CLI::App* command = app.add_subcommand("provider", "Show and test key providers");
  command->require_subcommand(1);

  const auto list_options = std::make_shared<ProviderOptions>();
  CLI::App* list_command =
      command->add_subcommand("list", "Show the key providers that are configured, and our own");
  list_command->callback([list_options] { list(*list_options); });

  const auto options = std::make_shared<TestOptions>();
  CLI::App* test_command =
      command->add_subcommand("test", "Wrap and unwrap a key with a provider, and try wrong input on it");
  test_command->add_option("NAME", options->provider, "key provider, as in provider:NAME[:PARAMETER]")
      ->required()
      ->type_name("NAME[:PARAMETER]");
  test_command
      ->add_option(
          "-k,--key", options->unwrap_parameters,
          "parameter to unwrap with, when it is not the one to wrap with; may be given several times")
      ->take_all()
      ->expected(1)
      ->type_name("PARAMETER");
  options->providers.add_to(*test_command);
  test_command->callback([options] { test(*options); });
}

}  // namespace imgcrypt::cli
