#include "transport/registry/authorizer.hpp"

#include "base/text/encoding.hpp"
#include "base/text/json.hpp"
#include "base/text/json_secret.hpp"
#include "transport/http/repeat.hpp"
#include "transport/registry/registry_words.hpp"

#include <algorithm>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostTokenBytes = 64 * 1024;
constexpr std::size_t kMostTokenAnswer = 256 * 1024;
constexpr const char* kTokenServiceCure =
    "the registry names this token service: have its administrator look after it; a proxy (HTTPS_PROXY, "
    "NO_PROXY) may be between";

SecretBytes basic(const Credentials& credentials) {
  const SecretBytes both =
      SecretBytes::joined({credentials.user, ":", as_text(credentials.password.expose())});
  const SecretBytes encoded = encode_base64_secret(both.expose(), Base64::kStandard);
  return SecretBytes::joined({"Basic ", as_text(encoded.expose())});
}

// Names which of two registries it was, and what it was asked.
Error in_answer(const Url& asked, const Error& error) {
  return {error.code(), asked.authority() + ": " + error.message() + " (401 to " + asked.redacted() + ")",
          error.hint()};
}

// The first of a scheme, over all headers.
std::optional<Challenge> find_challenge(const AskedToLogIn& refused, std::string_view scheme) try {
  for (const std::string& header : refused.head.all("WWW-Authenticate")) {
    for (const Challenge& challenge : parse_challenges(header)) {
      if (challenge.scheme == scheme) return challenge;
    }
  }
  return std::nullopt;
} catch (const Error& error) {
  throw in_answer(refused.url, error);
}

std::string parameter(const Challenge& challenge, const std::string& name) {
  const auto found = challenge.parameters.find(name);
  return found == challenge.parameters.end() ? std::string() : found->second;
}

// Visible ASCII, so that it can be a header; its text is never quoted.
bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= kMostTokenBytes &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

SecretBytes read_answer(HttpExchange& answer) {
  SecretBytes text(kMostTokenAnswer + 1);
  std::size_t filled = 0;
  while (filled < text.size()) {
    const std::size_t size = answer.read(text.expose_mutable().subspan(filled));
    if (size == 0) break;
    filled += size;
  }
  if (filled > kMostTokenAnswer)
    throw Error(ErrorCode::kRegistry,
                answer.request().url.authority() + " answers with more than " + in_kib(kMostTokenAnswer) +
                    " instead of a token",
                kTokenServiceCure);
  text.truncate(filled);
  return text;
}

SecretBytes token_in(const SecretBytes& answer, const Url& realm) {
  try {
    check_json(as_text(answer.expose()));
    const JsonView view(as_text(answer.expose()));
    for (const char* name : {"token", "access_token"}) {
      const auto member = view.find(name);
      if (!member) continue;
      SecretBytes token = decode_json_secret(*member);
      if (is_token(as_text(token.expose()))) return token;
    }
  } catch (const Error&) {  // whose message might quote the answer
  }
  throw Error(ErrorCode::kRegistry, realm.authority() + " answers without a token that can be used",
              kTokenServiceCure);
}

Url parsed_realm(const Challenge& challenge, const Url& registry) try {
  return Url::parse(parameter(challenge, "realm"));
} catch (const Error& error) {
  throw in_answer(registry, error);
}

// A password must not go where others can read it, unless the registry is as open itself.
Url realm_of(const Challenge& challenge, const Url& registry) {
  Url realm = parsed_realm(challenge, registry);
  if (registry.is_https() && !realm.is_https())
    throw Error(ErrorCode::kRegistry,
                registry.authority() + " wants us to get a token over plain http, from " + realm.authority(),
                "its administrator must set up https for its token service");
  return realm;
}

void add_words(std::set<std::string>& words, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.insert(text.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace

Authorizer::Authorizer(HttpClient& client, RegistryReference image, const RegistryOptions& options,
                       std::set<std::string> scopes)
    : client_(client), image_(std::move(image)), options_(options), scopes_(std::move(scopes)) {}

SharedSecret Authorizer::authorization() {
  const std::scoped_lock lock(mutex_);
  return authorization_;
}

const Credentials* Authorizer::credentials() {
  if (!has_asked_ && options_.credentials) credentials_ = options_.credentials(image_);
  has_asked_ = true;
  return credentials_ ? &*credentials_ : nullptr;
}

bool Authorizer::renew(const AskedToLogIn& refused, const SharedSecret& used) {
  const std::scoped_lock lock(mutex_);
  if (authorization_ != used) return true;
  SecretBytes now;
  if (const auto bearer = find_challenge(refused, "bearer")) {
    // A registry may want more than we know of, e.g. to delete.
    add_words(scopes_, parameter(*bearer, "scope"));
    const SecretBytes value = token(*bearer, refused.url);
    now = SecretBytes::joined({"Bearer ", as_text(value.expose())});
  } else if (find_challenge(refused, "basic") && credentials() != nullptr) {
    is_token_useless_ = credentials_->identity_token.size() > 0 && credentials_->password.size() == 0;
    if (!is_token_useless_) now = basic(*credentials());
  }
  const bool is_refused = used && equal_constant_time(used->expose(), now.expose());
  if (now.size() == 0 || is_refused) return false;
  authorization_ = std::make_shared<const SecretBytes>(std::move(now));
  return true;
}

SecretBytes Authorizer::token(const Challenge& challenge, const Url& registry) {
  const Url realm = realm_of(challenge, registry);
  HttpRequest request = token_request(challenge, realm);
  const Credentials* const who = credentials();
  SecretBytes text;
  if (who != nullptr && who->identity_token.size() > 0) text = form(challenge, *who);
  TextBody body(as_text(text.expose()));
  if (text.size() > 0) request.body = &body;
  const auto answer = send_repeatedly(client_, request, options_.retries);
  const int status = answer->head().status;
  if (status != 200) {
    throw Error(
        ErrorCode::kRegistry,
        realm.authority() + " gives no token for " + described() + " (" + std::to_string(status) + ")",
        may_pass(status) ? "try again later, or ask the registry's administrator" : cure_for_who());
  }
  const SecretBytes said = with_errors([&] { return read_answer(*answer); });
  refuse_page(*answer, as_text(said.expose()), "a token");
  return token_in(said, realm);
}

HttpRequest Authorizer::token_request(const Challenge& challenge, const Url& realm) {
  const Credentials* const who = credentials();
  if (who != nullptr && who->identity_token.size() > 0)
    return {"POST", realm, {{"Content-Type", "application/x-www-form-urlencoded"}}};
  Url url = realm;
  if (const std::string service = parameter(challenge, "service"); !service.empty())
    url = url.with_query("service", service);
  for (const std::string& scope : scopes_) url = url.with_query("scope", scope);
  HttpRequest request{"GET", url};
  if (who != nullptr) request.authorization = std::make_shared<const SecretBytes>(basic(*who));
  return request;
}

// OAuth2 as Docker's token services have it.
SecretBytes Authorizer::form(const Challenge& challenge, const Credentials& credentials) const {
  std::string scopes;
  for (const std::string& scope : scopes_) scopes += (scopes.empty() ? "" : " ") + scope;
  std::string token = percent_encoded(as_text(credentials.identity_token.expose()));
  SecretBytes text = SecretBytes::joined({"grant_type=refresh_token&client_id=imgcrypt&service=",
                                          percent_encoded(parameter(challenge, "service")),
                                          "&scope=", percent_encoded(scopes), "&refresh_token=", token});
  wipe({reinterpret_cast<std::uint8_t*>(token.data()), token.size()});
  return text;
}

std::string Authorizer::described() const {
  std::string text;
  for (const std::string& scope : scopes_) text += (text.empty() ? "" : " ") + scope;
  std::string who = credentials_ ? "with the credentials of " + credentials_->origin : "anonymous";
  if (is_token_useless_) who += ", an identity token, which a registry that asks for a password cannot use";
  // A login, and the first look at a registry, ask for no repository.
  return (text.empty() ? "the registry itself" : shortened(printable(text), 300)) + ", " + who;
}

std::string Authorizer::cure_for_who() const {
  const std::string login = "imgcrypt login " + image_.host;
  if (!credentials_ && !options_.anonymous_by.empty())
    return "leave out " + options_.anonymous_by + ", and log in as somebody who may: " + login;
  if (!credentials_) return "log in as somebody who may: " + login;
  if (is_token_useless_) return "log in with user and password: " + login;
  if (credentials_->origin.starts_with("--"))
    return "check user and password in " + credentials_->origin + ", and what this user may do";
  return "check user and password, or log in as somebody who may: " + login;
}

std::string Authorizer::cure() {
  const std::scoped_lock lock(mutex_);
  return cure_for_who();
}

std::string Authorizer::who() {
  const std::scoped_lock lock(mutex_);
  return described();
}

}  // namespace imgcrypt
