#include "transport/registry/authorizer.hpp"

#include "base/text/encoding.hpp"
#include "base/text/json.hpp"
#include "transport/http/repeat.hpp"

#include <algorithm>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostTokenBytes = 64 * 1024;
constexpr std::size_t kMostTokenAnswer = 256 * 1024;

std::string basic(const Credentials& credentials) {
  Bytes text = to_bytes(as_bytes(credentials.user + ":"));
  const ByteView password = credentials.password.expose();
  text.insert(text.end(), password.begin(), password.end());
  std::string value = "Basic " + encode_base64(text, Base64::kStandard);
  wipe(text);
  return value;
}

// The first of a scheme, over all headers.
std::optional<Challenge> find_challenge(const HttpHead& head, std::string_view scheme) {
  for (const std::string& header : head.all("WWW-Authenticate")) {
    for (const Challenge& challenge : parse_challenges(header)) {
      if (challenge.scheme == scheme) return challenge;
    }
  }
  return std::nullopt;
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

std::string token_in(const std::string& answer, const Url& realm) {
  try {
    check_json(answer);
    const JsonView view(answer);
    auto member = view.find("token");
    if (!member) member = view.find("access_token");
    if (member) {
      std::string token = member->string();
      if (is_token(token)) return token;
    }
  } catch (const Error&) {  // whose message might quote the answer
  }
  throw Error(ErrorCode::kRegistry, realm.authority() + " answers without a token that can be used");
}

// A password must not go where others can read it, unless the registry is as open itself.
Url realm_of(const Challenge& challenge, const Url& registry) {
  Url realm = Url::parse(parameter(challenge, "realm"));
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

std::string Authorizer::authorization() {
  const std::scoped_lock lock(mutex_);
  return authorization_;
}

const Credentials* Authorizer::credentials() {
  if (!has_asked_ && options_.credentials) credentials_ = options_.credentials(image_);
  has_asked_ = true;
  return credentials_ ? &*credentials_ : nullptr;
}

bool Authorizer::renew(const AskedToLogIn& refused, const std::string& used) {
  const std::scoped_lock lock(mutex_);
  if (authorization_ != used) return true;
  std::string now;
  if (const auto bearer = find_challenge(refused.head, "bearer")) {
    // A registry may want more than we know of, e.g. to delete.
    add_words(scopes_, parameter(*bearer, "scope"));
    now = "Bearer " + token(*bearer, refused.url);
  } else if (find_challenge(refused.head, "basic") && credentials() != nullptr) {
    now = basic(*credentials());
  }
  if (now.empty() || now == used) return false;
  authorization_ = std::move(now);
  return true;
}

std::string Authorizer::token(const Challenge& challenge, const Url& registry) {
  const Url realm = realm_of(challenge, registry);
  HttpRequest request = token_request(challenge, realm);
  const Credentials* const who = credentials();
  std::string text;
  if (who != nullptr && who->identity_token.size() > 0) text = form(challenge, *who);
  TextBody body(text);
  if (!text.empty()) request.body = &body;
  const auto answer = send_repeatedly(client_, request, options_.retries);
  const int status = answer->head().status;
  if (status != 200) {
    throw Error(
        ErrorCode::kRegistry,
        realm.authority() + " gives no token for " + described() + " (" + std::to_string(status) + ")",
        may_pass(status) ? "try again later, or ask the registry's administrator"
        : who == nullptr ? "log in: imgcrypt login " + image_.host
                         : "check user and password: imgcrypt login " + image_.host);
  }
  return token_in(with_errors([&] { return answer->read_all(kMostTokenAnswer); }), realm);
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
  if (who != nullptr) request.authorization = basic(*who);
  return request;
}

// OAuth2 as Docker's token services have it.
std::string Authorizer::form(const Challenge& challenge, const Credentials& credentials) const {
  std::string scopes;
  for (const std::string& scope : scopes_) scopes += (scopes.empty() ? "" : " ") + scope;
  return "grant_type=refresh_token&client_id=imgcrypt&service=" +
         percent_encoded(parameter(challenge, "service")) + "&scope=" + percent_encoded(scopes) +
         "&refresh_token=" + percent_encoded(as_text(credentials.identity_token.expose()));
}

std::string Authorizer::described() const {
  std::string text;
  for (const std::string& scope : scopes_) text += (text.empty() ? "" : " ") + scope;
  const std::string who = credentials_ ? "with the credentials of " + credentials_->origin : "anonymous";
  return shortened(printable(text), 300) + ", " + who;
}

std::string Authorizer::who() {
  const std::scoped_lock lock(mutex_);
  return described();
}

}  // namespace imgcrypt
