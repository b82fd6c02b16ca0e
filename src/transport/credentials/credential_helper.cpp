#include "transport/credentials/credential_helper.hpp"

#include "base/text/json_secret.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostHelperNameBytes = 64;
// What every helper says, on stdout, when it has no credentials for a server.
constexpr std::string_view kNone = "credentials not found in native keychain";
// The user name that stands for an identity token.
constexpr std::string_view kTokenUser = "<token>";

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMostHelperNameBytes && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool is_none(const ProgramEnd& end) {
  return end.status != 0 && as_text(end.output.expose()).find(kNone) != std::string_view::npos;
}

Credentials parse_answer(std::string_view text) {
  check_json(text);
  const JsonView answer(text);
  Credentials credentials;
  credentials.user = answer.get("Username").string();
  SecretBytes secret = decode_json_secret(answer.get("Secret"));
  (credentials.user == kTokenUser ? credentials.identity_token : credentials.password) = std::move(secret);
  if (credentials.user == kTokenUser) credentials.user.clear();
  return credentials;
}

}  // namespace

CredentialHelper::CredentialHelper(const std::string& name, const ProgramLimits& limits)
    : program_("docker-credential-" + name), limits_(limits) {
  limits_.errors = 0;  // they would be quoted, and may hold what the program keeps
  if (!is_name(name))
    throw Error(ErrorCode::kUsage,
                "'" + shortened(name, kMostHelperNameBytes) + "' is not the name of a credential helper",
                "credHelpers and credsStore hold NAME of a program docker-credential-NAME");
}

std::optional<Credentials> CredentialHelper::get(const std::string& server) const {
  const ProgramEnd end = run("get", server, as_bytes(server));
  if (is_none(end)) return std::nullopt;
  if (end.status != 0) fail("get", server, end);
  try {
    Credentials credentials = parse_answer(as_text(end.output.expose()));
    credentials.origin = program_;
    const bool is_empty = credentials.user.empty() && credentials.identity_token.size() == 0;
    return is_empty ? std::nullopt : std::optional(std::move(credentials));
  } catch (const Error& error) {
    throw Error(ErrorCode::kOther, program_ + " get: its answer for " + server + ": " + error.message(),
                how_to_try(server));
  }
}

void CredentialHelper::store(const std::string& server, const Credentials& credentials) const {
  const SecretBytes secret = quote_json_secret(credentials.password.expose());
  const std::string names = "{\"ServerURL\":" + quote_json(server) +
                            ",\"Username\":" + quote_json(credentials.user) + ",\"Secret\":";
  const SecretBytes document = SecretBytes::joined({names, as_text(secret.expose()), "}"});
  const ProgramEnd end = run("store", server, document.expose());
  if (end.status != 0) fail("store", server, end);
}

bool CredentialHelper::erase(const std::string& server) const {
  const ProgramEnd end = run("erase", server, as_bytes(server));
  if (is_none(end)) return false;
  if (end.status != 0) fail("erase", server, end);
  return true;
}

// What it says is not quoted, since helpers may say what they keep.
std::string CredentialHelper::how_to_try(const std::string& server) const {
  return "see what it says: echo " + server + " | " + program_ + " get";
}

ProgramEnd CredentialHelper::run(const std::string& verb, const std::string& server, ByteView input) const {
  try {
    const DeathWatch watch;
    return ChildProcess({program_, {verb}}, limits_, watch).finish_with_status(input);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kOther)  // it hangs, or says too much
      throw Error(error.code(), error.message() + " (" + verb + ", for " + server + ")", how_to_try(server));
    if (error.code() != ErrorCode::kNotFound) throw;
    throw Error(ErrorCode::kUsage, error.message(),
                "the credentials file names this program: install it, or use another file (--authfile)");
  }
}

void CredentialHelper::fail(const std::string& verb, const std::string& server, const ProgramEnd& end) const {
  throw Error(
      ErrorCode::kOther,
      program_ + " " + verb + " failed for " + server + " (exit status " + std::to_string(end.status) + ")",
      how_to_try(server));
}

}  // namespace imgcrypt
