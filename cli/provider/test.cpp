#include "cli/commands.hpp"
#include "cli/options/make_repeatable.hpp"
#include "cli/options/provider_options.hpp"
#include "cli/provider/conformance.hpp"
#include "keywrap/provider/provider.hpp"

#include <imgcrypt/error.hpp>

#include <memory>

namespace imgcrypt::cli {
namespace {

struct TestArguments {
  std::string provider;
  std::vector<std::string> unwrap_parameters;
  ProviderOptions providers;
};

std::string name_of(Conformance::Verdict verdict) {
  switch (verdict) {
    case Conformance::Verdict::kPassed:
      return "ok";
    case Conformance::Verdict::kNote:
      return "note";
    case Conformance::Verdict::kFailed:
      return "FAIL";
  }
  return {};
}

void run_test(const TestArguments& options, Output& output) {
  const NamedProvider provider = parse_named_provider(options.provider);
  const auto providers = options.providers.open();
  providers->require(provider.name);
  Conformance conformance(
      *providers, provider.name, {provider.parameter},
      options.unwrap_parameters.empty() ? std::vector{provider.parameter} : options.unwrap_parameters);
  JsonArray checks;
  const std::size_t failures = conformance.run([&](Conformance::Verdict verdict, const std::string& text) {
    const std::string name = name_of(verdict);
    output.print_text(name + std::string(6 - name.size(), ' ') + text);
    checks.add(JsonObject().add("verdict", name).add("check", text));
  });
  JsonObject result;
  result.add("provider", provider.name).add("failures", failures).add("checks", checks);
  if (failures == 0) return output.print_json(std::move(result));
  output.keep_for_error(std::move(result));
  throw Error(ErrorCode::kProvider,
              "key provider " + provider.name + ": " + std::to_string(failures) +
                  (failures == 1 ? " check failed" : " checks failed"),
              "the protocol is described in keyprovider/README.md");
}

}  // namespace

void add_provider_test(CLI::App& provider, Output& output) {
  const auto options = std::make_shared<TestArguments>();
  CLI::App* command = provider.add_subcommand(
      "test", "Test a key provider: wrap and unwrap a key, then send it invalid input");
  command
      ->add_option("NAME", options->provider,
                   "key provider to test, with the parameter to wrap with: NAME[:PARAMETER]")
      ->required();
  make_repeatable(
      command->add_option("-k,--key", options->unwrap_parameters,
                          "parameter to unwrap with (default: the one to wrap with); can be given "
                          "more than once"),
      "PARAMETER");
  options->providers.add_to(*command);
  command->callback([options, &output] { run_test(*options, output); });
}

}  // namespace imgcrypt::cli
