#include "cli/options/images/registry_options.hpp"

#include "cli/options/images/credential_files.hpp"
#include "cli/terminal/prompt.hpp"
#include "transport/registry/registry_host.hpp"

#include <charconv>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>

namespace imgcrypt::cli {
namespace {

constexpr const char* kGroup = "Registries";

// What a flag is given after "=". CLI11 alone would let std::stoll's words through.
std::string fault_of_flag(const std::string& value) {
  try {
    (void)CLI::detail::to_flag_value(value);
    return {};
  } catch (const std::logic_error&) {
    return value + " is neither true nor false";
  }
}

// `prefix` is "src-", "dest-" or empty, `whose` ends the descriptions.
void add_side(CLI::App& command, RegistryArguments::Side& side, const std::string& prefix,
              const std::string& whose, bool has_credentials) {
  const std::string start = "--" + prefix;
  command.add_option(start + "authfile", side.authfile, "file with credentials" + whose)
      ->type_name("FILE")
      ->group(kGroup);
  if (has_credentials) {
    CLI::Option* creds =
        command
            .add_option(
                start + "creds", side.creds,
                "credentials" + whose +
                    (prefix.empty() ? "; other users can see a password that is given so: prefer login, or "
                                      "leave it out to be asked for it"
                                    : ""))
            ->type_name("USER[:PASSWORD]")
            ->group(kGroup);
    command.add_flag(start + "no-creds", side.no_creds, "use no credentials" + whose)
        ->excludes(creds)
        ->group(kGroup);
  }
  // Not bound to the member: the parser would set an optional one to false when the flag is not given.
  command
      .add_flag_function(
          start + "tls-verify", [&side](std::int64_t count) { side.verifies_tls = count > 0; },
          prefix.empty() ? "--tls-verify=false accepts any certificate, and plain http" : "the same" + whose)
      ->check(CLI::Validator(fault_of_flag, ""))
      ->group(kGroup);
  command
      .add_option(start + "cert-dir", side.cert_dir,
                  prefix.empty() ? "folder with authorities (*.crt) and client certificates (*.cert, *.key)"
                                 : "the same" + whose)
      ->type_name("DIR")
      ->group(kGroup);
}

// --limit-rate: bytes, or with a suffix as curl has them.
std::uint64_t parse_rate(const std::string& text) {
  if (text.empty()) return 0;
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const std::string suffix(stop, end);
  const std::size_t power = std::string("KMG").find(suffix.empty() ? '?' : char(suffix.front() & ~0x20));
  const unsigned shift = suffix.empty() ? 0 : static_cast<unsigned>(10 * (power + 1));
  const bool is_known = suffix.empty() || (suffix.size() == 1 && power != std::string::npos);
  if (error != std::errc() || !is_known || number == 0 ||
      number > std::numeric_limits<std::uint64_t>::max() >> shift)
    throw Error(ErrorCode::kUsage, "--limit-rate " + text + " is not a number of bytes per second",
                "write 500K or 10M, for example");
  return number << shift;
}

RegistryArguments::Side joined(const RegistryArguments::Side& own, const RegistryArguments::Side& common) {
  RegistryArguments::Side side = common;
  if (!own.authfile.empty()) side.authfile = own.authfile;
  if (!own.cert_dir.empty()) side.cert_dir = own.cert_dir;
  if (own.verifies_tls) side.verifies_tls = own.verifies_tls;
  // The file of a side is its credentials as much as a user is.
  if (own.no_creds || !own.creds.empty() || !own.authfile.empty()) {
    side.creds = own.creds;
    side.creds_option = own.creds_option;
    side.no_creds = own.no_creds;
  }
  return side;
}

using FindCredentials = decltype(RegistryOptions::credentials);

Credentials copy_of(const Credentials& from) {
  return {from.user, SecretBytes::copy_of(from.password.expose()), {}, from.origin};
}

// --no-creds of the same side as --creds.
std::string no_creds_option(const RegistryArguments::Side& side) {
  constexpr std::string_view kWord = "creds";
  std::string option = side.creds_option;
  return option.insert(option.size() - kWord.size(), "no-");
}

FindCredentials given_credentials(const RegistryArguments::Side& side, Output& output) {
  const std::string& text = side.creds;
  const std::string& option = side.creds_option;
  const std::size_t colon = text.find(':');
  const auto given = std::make_shared<Credentials>();
  given->user = text.substr(0, colon);
  given->origin = option;
  if (given->user.empty())
    throw Error(ErrorCode::kUsage, option + " has no user",
                "write " + option + " USER, or imgcrypt login HOST before");
  if (colon != std::string::npos) {
    output.warn(option +
                " holds a password, which other users can see: better use imgcrypt login, or leave it out");
    given->password = SecretBytes::copy_of(as_bytes(text).subspan(colon + 1));
    if (given->password.size() == 0)
      throw Error(ErrorCode::kUsage, option + " has an empty password for " + given->user,
                  "is a variable of your shell not set? " + option + " " + given->user +
                      " asks for the password; imgcrypt login keeps it");
  } else if (has_terminal()) {
    given->password = prompt_passphrase("Password of " + given->user + ": ");
  } else {
    throw Error(ErrorCode::kUsage,
                option + " " + given->user + " has no password, and there is no terminal to ask on",
                "use imgcrypt login with --password-stdin before");
  }
  return [given](const RegistryReference&) { return std::optional(copy_of(*given)); };
}

// Warns of a file once, however many registries and repositories of both sides it has credentials for.
std::function<void(const std::string&)> warn_once_through(Output& output) {
  struct Said {
    std::mutex mutex;
    std::set<std::string> lines;
  };
  return [said = std::make_shared<Said>(), &output](const std::string& line) {
    const std::scoped_lock lock(said->mutex);
    if (said->lines.insert(line).second) output.warn(line);
  };
}

FindCredentials credentials_of(const RegistryArguments::Side& side,
                               const std::function<void(const std::string&)>& warn, Output& output) {
  if (side.no_creds) return {};
  if (!side.creds.empty()) return given_credentials(side, output);
  const CredentialPlaces places{.files = credential_files(side.authfile), .warn = warn};
  return [places](const RegistryReference& image) {
    return find_credentials(places, {image.host, image.repository});
  };
}

}  // namespace

void RegistryArguments::add_to(CLI::App& command, RegistrySides sides) {
  add_side(command, common, "", "", sides != RegistrySides::kLogin);
  if (sides == RegistrySides::kBoth) {
    add_side(command, source, "src-", " for SRC", true);
    add_side(command, destination, "dest-", " for DST", true);
  }
  command.add_option("--ca-file", ca_file, "authorities to trust besides the system's (PEM)")
      ->type_name("FILE")
      ->group(kGroup);
  command.add_option("--retry-times", retries, "how often a request is repeated that failed (default: 3)")
      ->check(CLI::Range(0, 100))
      ->type_name("N")
      ->group(kGroup);
  command
      .add_option("--network-timeout", timeout,
                  "give up a registry that says nothing for so long (default: 30)")
      ->check(CLI::Range(1U, 3600U))
      ->type_name("SECONDS")
      ->group(kGroup);
  if (sides != RegistrySides::kLogin) {
    command.add_option("--limit-rate", rate_limit, "at most so many bytes per second: 500K, 10M")
        ->type_name("RATE")
        ->group(kGroup);
  }
  command.add_flag("--debug", is_debug, "print each request to a registry, without credentials")
      ->group(kGroup);
}

RegistryOptions RegistryArguments::one(Output& output) const {
  RegistryOptions options = without_credentials(common, warn_once_through(output), output);
  options.credentials = credentials_of(common, options.warn, output);
  return options;
}

RegistryArguments::Both RegistryArguments::both(Output& output) const {
  const Side reading = joined(source, common);
  const Side writing = joined(destination, common);
  const auto warn = warn_once_through(output);
  Both options{without_credentials(reading, warn, output), without_credentials(writing, warn, output)};
  const bool is_alike = reading.cert_dir == writing.cert_dir && reading.verifies_tls == writing.verifies_tls;
  if (is_alike) options.destination.hosts = options.source.hosts;
  options.source.credentials = credentials_of(reading, warn, output);
  // Nobody is asked twice for one password.
  options.destination.credentials = reading.creds == writing.creds && !reading.creds.empty()
                                        ? options.source.credentials
                                        : credentials_of(writing, warn, output);
  return options;
}

RegistryOptions RegistryArguments::without_credentials(const Side& side,
                                                       std::function<void(const std::string&)> warn,
                                                       Output& output) const {
  RegistryOptions options;
  options.tls = side.verifies_tls.value_or(true) ? TlsVerification::kRequired : TlsVerification::kOff;
  if (side.no_creds) options.anonymous_by = no_creds_option(side);
  options.ca_file = ca_file;
  options.system_ca_file = system_ca_file();
  options.system_ca_directory = system_ca_directory();
  options.certificate_directory = side.cert_dir;
  options.certificate_roots = certificate_roots();
  options.retries = retries;
  options.network_timeout = std::chrono::seconds(timeout);
  options.rate_limit = parse_rate(rate_limit);
  if (is_debug) options.trace = [&output](const std::string& line) { output.trace(line); };
  options.warn = std::move(warn);
  options.hosts = std::make_shared<RegistryHosts>();
  return options;
}

}  // namespace imgcrypt::cli
