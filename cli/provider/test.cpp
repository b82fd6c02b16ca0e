#include "cli/commands.hpp"
#include "cli/options/keys/device_key.hpp"
#include "cli/options/keys/provider_options.hpp"
#include "cli/options/make_repeatable.hpp"
#include "cli/provider/conformance.hpp"
#include "keywrap/provider/provider.hpp"
#include "keywrap/schemes.hpp"

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

// Also as it is written after -r and -k, and as key generate prints it: provider:NAME[:PARAMETER].
NamedProvider provider_of(const std::string& text) {
  const auto named = parse_scheme_string(text);
  return named && named->scheme->parse_key != nullptr ? named->scheme->parse_key(named->value)
                                                      : parse_named_provider(text);
}

std::vector<std::string> unwrap_parameters_of(const TestArguments& options, const NamedProvider& provider) {
  if (options.unwrap_parameters.empty()) return {provider.parameter};
  std::vector<std::string> parameters;
  for (const std::string& text : options.unwrap_parameters)
    parameters.push_back(parse_scheme_string(text) ? provider_of(text).parameter : text);
  return parameters;
}

// A device wraps nothing: its key must open what is encrypted with its public half.
void run_device_test(const NamedDeviceKey& key, const TestArguments& options, Output& output) {
  const std::string name(key.name.device->name);
  const PrivateKey opened = open_named_device_key(key, options.providers.open(), output);
  const std::string check = "opens what is encrypted for the " + opened.public_key().description();
  opened.check_halves();
  output.print_text("ok    " + check);
  JsonArray checks;
  checks.add(JsonObject().add("verdict", "ok").add("check", check));
  output.print_json(JsonObject().add("provider", name).add("failures", std::size_t{0}).add("checks", checks));
}

void run_test(const TestArguments& options, Output& output) {
  if (const auto key = parse_named_device_key(options.provider))
    return run_device_test(*key, options, output);
  const NamedProvider provider = provider_of(options.provider);
  const auto providers = options.providers.open();
  providers->require(provider.name);
  Conformance conformance(*providers, provider.name, {provider.parameter},
                          unwrap_parameters_of(options, provider));
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

void define_provider_test(CLI::App& command, Output& output) {
  const auto options = std::make_shared<TestArguments>();
  command
      .add_option("NAME", options->provider,
                  "key provider to test, with the parameter to wrap with: NAME[:PARAMETER]; or a key of a "
                  "device, as after -k")
      ->required();
  make_repeatable(command.add_option("-k,--key", options->unwrap_parameters,
                                     "parameter to unwrap with (default: the one to wrap with); can be given "
                                     "more than once"),
                  "PARAMETER");
  options->providers.add_to(command);
  command.callback([options, &output] { run_test(*options, output); });
}

}  // namespace imgcrypt::cli
