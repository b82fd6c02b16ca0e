#include "cli/commands.hpp"
#include "cli/key/own_provider.hpp"
#include "cli/options/keys/passphrase.hpp"
#include "keys/key.hpp"
#include "keys/key_file.hpp"
#include "keys/key_pair_files.hpp"
#include "keywrap/device/key_device.hpp"
#include "keywrap/file_forms.hpp"
#include "keywrap/jwe/jwe_scheme.hpp"
#include "keywrap/schemes.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace imgcrypt::cli {
namespace {

struct GenerateArguments {
  std::string file;
  std::string passphrase;
  std::string curve = "P-256";
  int bits = 3072;      // as strong as AES-128 (NIST SP 800-57 part 1, table 2)
  bool is_rsa = false;  // in a device
  bool force = false;
};

// What can be known before the key is made, or a passphrase is asked for: both take long.
void check_place(const GenerateArguments& options) {
  if (options.file == "-")
    throw Error(ErrorCode::kUsage, "a key pair is two files, FILE and FILE.pub, and cannot go to stdout",
                "name a file; one whose name is - is ./-");
  std::error_code failure;
  const auto folder = std::filesystem::absolute(options.file, failure).parent_path();
  if (failure)
    throw Error(ErrorCode::kOther, options.file + ": the working directory: " + failure.message(),
                "change to a directory that exists");
  if (std::filesystem::is_directory(options.file, failure))
    throw Error(ErrorCode::kUsage, options.file + " is a directory", "name the file for the private key");
  if (!std::filesystem::is_directory(folder, failure))
    throw Error(ErrorCode::kUsage, options.file + ": there is no directory " + folder.string(),
                "make it first");
  if (!options.force) check_key_pair_absent(options.file);
}

void print_result(const GenerateArguments& options, const std::string& recipient, JsonObject key,
                  Output& output) {
  key.add("file", options.file).add("publicFile", options.file + ".pub").add("recipient", recipient);
  output.print_result(recipient, std::move(key));
}

void generate_key(const GenerateArguments& options, const std::function<PrivateKey()>& make, Output& output) {
  check_place(options);
  std::optional<SecretBytes> passphrase;
  if (!options.passphrase.empty()) passphrase = read_new_passphrase(options.file, options.passphrase, output);
  const PrivateKey key = make();
  const std::string public_pem = key.public_key().to_pem();
  write_key_pair(options.file, key.to_pem(passphrase ? &*passphrase : nullptr).expose(), as_bytes(public_pem),
                 options.force ? IfPresent::kReplace : IfPresent::kRefuse);
  JsonObject result;
  result.add("fingerprint", key.public_key().thumbprint());
  print_result(options, recipient_form_of(as_bytes(public_pem), options.file + ".pub"), std::move(result),
               output);
}

// The key provider makes its own keys.
void generate_own(const GenerateArguments& options, const OwnProvider& provider, Output& output) {
  check_place(options);
  std::vector<std::string> arguments = {"generate"};
  if (options.force) arguments.emplace_back("--force");
  // "--", as FILE may begin with a dash.
  arguments.insert(arguments.end(), {"--", options.file});
  const std::string public_key = ask_own_provider(std::string(provider.program), std::move(arguments));
  JsonObject result;
  result.add("publicKey", public_key);
  print_result(options, recipient_form_of(as_bytes(public_key), options.file + ".pub"), std::move(result),
               output);
}

void check_length(const std::optional<SecretBytes>& passphrase, const KeyDevice& device) {
  if (!passphrase || passphrase->size() <= device.most_passphrase_bytes) return;
  throw Error(ErrorCode::kUsage,
              "--passphrase: it has " + std::to_string(passphrase->size()) + " bytes, and a key in a " +
                  std::string(device.title) + " takes " + std::to_string(device.most_passphrase_bytes),
              "choose a shorter one");
}

// The device makes the key; the file can be read by it alone.
void generate_in_device(const GenerateArguments& options, const KeyDevice& device, Output& output) {
  check_place(options);
  std::optional<SecretBytes> passphrase;
  if (!options.passphrase.empty()) passphrase = read_new_passphrase(options.file, options.passphrase, output);
  check_length(passphrase, device);
  std::vector<std::string> arguments = {"generate"};
  if (options.is_rsa) arguments.emplace_back("--rsa");
  if (passphrase) arguments.emplace_back("--auth");
  if (options.force) arguments.emplace_back("--force");
  arguments.insert(arguments.end(), {"--", options.file});
  const std::string public_pem = ask_own_provider(std::string(device.provider->program), std::move(arguments),
                                                  passphrase ? passphrase->expose() : ByteView());
  JsonObject result;
  result.add("fingerprint", parse_public_key(as_bytes(public_pem)).thumbprint());
  print_result(options, recipient_form_of(as_bytes(public_pem), options.file + ".pub"), std::move(result),
               output);
}

struct Curve {
  const char* name;
  std::array<std::string_view, 3> spellings;  // in capitals and without hyphens
};

constexpr std::array kCurves = {Curve{"P-256", {"P256", "SECP256R1", "PRIME256V1"}},
                                Curve{"P-384", {"P384", "SECP384R1"}}, Curve{"P-521", {"P521", "SECP521R1"}}};

std::string curve_names(const std::string& separator, const std::string& last) {
  return std::string(kCurves[0].name) + separator + kCurves[1].name + last + kCurves[2].name;
}

// P-256 however it is written: p256, P256, secp256r1 and prime256v1 too.
std::string curve_named(std::string name) {
  std::erase(name, '-');
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  const auto found = std::ranges::find_if(kCurves, [&](const Curve& curve) {
    return !name.empty() && std::ranges::find(curve.spellings, name) != curve.spellings.end();
  });
  return found == kCurves.end() ? std::string() : found->name;
}

// For the parser: what is wrong with a size; empty if nothing is.
std::string fault_of_bits(const std::string& text) {
  int bits = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error != std::errc() || stop != text.data() + text.size())
    return text + " is not a number of bits (2048 to 16384)";
  if (bits >= 2048 && bits <= 16384) return {};
  return text + " bits is too " + (bits < 2048 ? "short" : "long") + " (2048 to 16384)";
}

// `recipient` is what comes before ":FILE.pub" in the option -r.
CLI::App* add_kind(CLI::App& generate, const std::string& name, std::string_view key_kind,
                   std::string_view recipient, const std::shared_ptr<GenerateArguments>& options) {
  CLI::App* kind =
      generate.add_subcommand(name, std::string(key_kind) + " key pair; encrypt for it with -r " +
                                        std::string(recipient) + ":FILE.pub");
  kind->add_option("FILE", options->file, "file for the private key, readable only by its owner")->required();
  kind->add_flag("--force", options->force, "replace existing files");
  return kind;
}

void add_passphrase(CLI::App& kind, const std::shared_ptr<GenerateArguments>& options) {
  kind.add_option(
          "--passphrase", options->passphrase,
          "encrypt the private key with a passphrase from file=PASSPHRASEFILE, fd=N, env=VARIABLE or prompt")
      ->type_name("WHERE");
}

}  // namespace

void define_key_generate(CLI::App& command, Output& output) {
  command.require_subcommand(1);
  const auto options = std::make_shared<GenerateArguments>();

  const std::string jwe(kJweScheme.name);
  CLI::App* rsa = add_kind(command, jwe + "-rsa", "RSA", jwe, options);
  rsa->add_option("--bits", options->bits, "key size, 2048 to 16384 (default: 3072)")
      ->check(CLI::Validator(fault_of_bits, ""))
      ->type_name("N");
  add_passphrase(*rsa, options);
  rsa->callback([options, &output] {
    generate_key(*options, [&] { return PrivateKey::generate_rsa(options->bits); }, output);
  });

  CLI::App* ec = add_kind(command, jwe + "-ec", "Elliptic curve", jwe, options);
  ec->add_option("--curve", options->curve, curve_names(", ", " or ") + " (default: " + options->curve + ")")
      ->check(CLI::Validator(
          [](const std::string& name) {
            return curve_named(name).empty() ? name + " is not " + curve_names(", ", " or ") : std::string();
          },
          ""))
      ->type_name(curve_names("|", "|"));
  add_passphrase(*ec, options);
  ec->callback([options, &output] {
    generate_key(*options, [&] { return PrivateKey::generate_ec(curve_named(options->curve)); }, output);
  });

  for (const Scheme* scheme : schemes()) {
    for (const OwnProvider& provider : scheme->own_providers) {
      if (provider.public_key_starts.empty()) continue;  // it makes no keys
      CLI::App* kind = add_kind(command, std::string(provider.name), provider.public_key_starts.front().kind,
                                std::string(provider.form), options);
      kind->callback([options, &provider, &output] { generate_own(*options, provider, output); });
    }
  }

  for (const KeyDevice& device : key_devices()) {
    if (!device.makes_keys) continue;
    CLI::App* kind = add_kind(command, std::string(device.name), device.title, jwe, options);
    kind->add_flag("--rsa", options->is_rsa, "RSA with 2048 bits, instead of P-256");
    add_passphrase(*kind, options);
    kind->callback([options, &device, &output] { generate_in_device(*options, device, output); });
  }
}

}  // namespace imgcrypt::cli
