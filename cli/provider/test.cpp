#include "cli/commands.hpp"
#include "cli/options/keys/device_key.hpp"
#include "cli/options/keys/key_options.hpp"
#include "cli/options/keys/passphrase.hpp"
#include "cli/options/keys/provider_options.hpp"
#include "cli/options/make_repeatable.hpp"
#include "cli/provider/conformance.hpp"
#include "cli/provider/stopwatch.hpp"
#include "keywrap/parse_recipients.hpp"
#include "keywrap/provider/provider.hpp"
#include "keywrap/provider_key.hpp"
#include "keywrap/scheme_help.hpp"
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

// A program of ours whose keys are written as those of a scheme are, e.g. age:FILE; null: it is another.
const OwnProvider* own_scheme(const NamedProvider& provider, KeyProviders& providers) {
  const OwnProvider* const own = providers.is_own(provider.name) ? find_own_provider(provider.name) : nullptr;
  return own != nullptr && own->form == own->name ? own : nullptr;
}

ProviderParameter key_file_parameter(const std::string& text, Output& output) {
  const KeyString key = parse_key_string(text);
  warn_of_visible_passphrase(key, {}, output);
  auto passphrase = read_passphrase(key, output);
  return {key.file, passphrase ? std::make_shared<const SecretBytes>(std::move(*passphrase)) : nullptr};
}

// What opens what is wrapped for `provider` if nothing is said: the same, unless keys have two halves.
ProviderParameter default_parameter(const NamedProvider& provider, const OwnProvider* own) {
  if (own == nullptr) return {provider.parameter};
  const NamedProvider alone = provider_of(std::string(own->form) + ":");
  if (alone.parameter == kProviderEnabled) return {alone.parameter};
  throw Error(ErrorCode::kUsage, "no key was given that opens what is wrapped for " + provider.parameter,
              "add --key " + std::string(own->form) + ":FILE, with its private key");
}

std::vector<ProviderParameter> unwrap_parameters_of(const TestArguments& options,
                                                    const NamedProvider& provider, KeyProviders& providers,
                                                    Output& output) {
  const OwnProvider* const own = own_scheme(provider, providers);
  if (options.unwrap_parameters.empty()) return {default_parameter(provider, own)};
  std::vector<ProviderParameter> parameters;
  for (const std::string& text : options.unwrap_parameters) {
    const std::string value = parse_scheme_string(text) ? provider_of(text).parameter : text;
    const bool is_file = own != nullptr && own->takes_plain_files && value != kProviderEnabled;
    parameters.push_back(is_file ? key_file_parameter(value, output) : ProviderParameter{value});
  }
  return parameters;
}

// The checks of a key that a device holds. The first that fails is the error of the command.
class DeviceChecks {
 public:
  DeviceChecks(std::string_view device, Output& output) : device_(device), output_(output) {}

  void passed(const std::string& check, const Stopwatch& time) {
    const std::string text = check + ": " + time.text();
    output_.print_text("ok    " + text);
    checks_.add(JsonObject().add("verdict", "ok").add("check", text));
  }
  void print_json() {
    output_.print_json(
        JsonObject().add("provider", device_).add("failures", std::size_t{0}).add("checks", checks_));
  }

 private:
  std::string device_;
  Output& output_;
  JsonArray checks_;
};

// A device alone wraps nothing: its key must open what is encrypted with its public half.
void run_device_test(const NamedDeviceKey& key, const TestArguments& options, Output& output) {
  DeviceChecks checks(key.name.device->name, output);
  const PrivateKey opened = open_named_device_key(key, options.providers.open(), output);
  const Stopwatch time;
  opened.check_halves();
  checks.passed("opens what is encrypted for the " + opened.public_key().description() + " in " +
                    schemes_opened_by(opened.public_key()) + " layers",
                time);
  checks.print_json();
}

SecretBytes unwrap_with(const KeyUnwrappers& keys, const std::string& annotation, ByteView packet) {
  Attempts attempts;
  for (const auto& key : keys) {
    if (!key->reads(annotation)) continue;
    if (auto options = key->unwrap(annotation, packet, attempts)) return std::move(*options);
  }
  throw Error(ErrorCode::kNoKey, "no key that was given opens what was wrapped",
              "--key must be the private half of the recipient");
}

// Of a device that is a scheme as well: one program wraps, and the key of the device opens.
void run_recipient_test(const std::string& device, const TestArguments& options, Output& output) {
  DeviceChecks checks(device, output);
  KeyOptions key_options;
  key_options.keys = options.unwrap_parameters;
  key_options.providers = options.providers;
  const std::vector<std::string> recipient = {options.provider};
  const KeyWrappers wrappers =
      parse_recipients(recipient, options.providers.open(), [](Remark, const std::string&) {});
  const KeyWrapper& wrapper = *wrappers.front();
  const SecretBytes wrapped = test_options();
  const Stopwatch wrapping;
  const Bytes packet = wrapper.wrap(wrapped);
  checks.passed("wraps a key", wrapping);
  const KeyUnwrappers keys = key_options.read(output);
  const Stopwatch unwrapping;
  if (!equal_constant_time(unwrap_with(keys, wrapper.annotation(), packet).expose(), wrapped.expose()))
    throw Error(ErrorCode::kProvider, "it unwrapped something other than what was wrapped");
  checks.passed("unwraps it again", unwrapping);
  checks.print_json();
}

// `options.provider` names it, and so does `key`.
void test_device(const NamedDeviceKey& key, const TestArguments& options, Output& output) {
  if (options.unwrap_parameters.empty()) return run_device_test(key, options, output);
  if (parse_scheme_string(options.provider))
    return run_recipient_test(std::string(key.name.device->name), options, output);
  throw Error(ErrorCode::kUsage,
              "a " + std::string(key.name.device->title) + " wraps nothing that --key could unwrap",
              "leave out --key: imgcrypt provider test " + key.name.shown());
}

void run_test(const TestArguments& options, Output& output) {
  if (const auto key = parse_named_device_key(options.provider)) return test_device(*key, options, output);
  const NamedProvider provider = provider_of(options.provider);
  const auto providers = options.providers.open();
  providers->require(provider.name);
  // What is refused after -r is refused here, before the program is judged by it.
  if (provider.parameter == kProviderEnabled && providers->is_own(provider.name))
    throw Error(ErrorCode::kUsage, "no recipient is named that the key provider could wrap for",
                "write " + std::string(find_own_provider(provider.name)->form) + ":RECIPIENT, as after -r");
  if (provider.parameter != kProviderEnabled) {
    const std::vector<std::string> recipient = {"provider:" + provider.name + ":" + provider.parameter};
    (void)parse_recipients(recipient, providers, [](Remark, const std::string&) {});
  }
  Conformance conformance(*providers, provider.name, {provider.parameter},
                          unwrap_parameters_of(options, provider, *providers, output));
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
  make_repeatable(
      command.add_option(
          "-k,--key", options->unwrap_parameters,
          "parameter to unwrap with, or the key of a device as after -k (default: the one to wrap with); can "
          "be given more than once"),
      "PARAMETER");
  options->providers.add_to(command);
  command.callback([options, &output] { run_test(*options, output); });
}

}  // namespace imgcrypt::cli
