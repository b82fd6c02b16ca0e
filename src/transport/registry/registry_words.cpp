#include "transport/registry/registry_words.hpp"

#include "base/text/encoding.hpp"
#include "base/text/json.hpp"

namespace imgcrypt {
namespace {

constexpr std::size_t kMostProblemBytes = 64 * 1024;
constexpr std::size_t kMostWords = 200;

// A registry may repeat what it was sent, e.g. in an error about a token; others read what we print.
void hide(std::string& text, std::string_view secret) {
  constexpr std::size_t kShortest = 4;  // shorter ones are parts of words
  if (secret.size() < kShortest) return;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), "***");
}

// `authorization` is what the request had: a scheme, and a token or USER:PASSWORD in base64.
std::string without_secrets(std::string text, std::string_view authorization) {
  const std::string_view value = authorization.substr(authorization.find(' ') + 1);
  hide(text, value);
  if (!authorization.starts_with("Basic ")) return text;
  const auto login = decode_base64_secret(value, Base64::kStandard);
  if (!login) return text;
  const std::string_view both = as_text(login->expose());
  hide(text, both.substr(both.find(':') + 1));
  return text;
}

RegistryProblem problem_in(const std::string& text, std::string_view authorization) {
  check_json(text);
  const auto errors = JsonView(text).find("errors");
  RegistryProblem problem;
  if (!errors || errors->kind() != JsonView::Kind::kArray) return problem;
  for (const JsonView& error : errors->elements()) {
    if (const auto code = error.find("code"))
      problem.codes += (problem.codes.empty() ? "" : " ") + code->lenient_string();
    const auto message = error.find("message");
    if (message && problem.message.empty()) problem.message = message->lenient_string();
  }
  problem.codes = shortened(printable(without_secrets(problem.codes, authorization)), kMostWords);
  problem.message = shortened(printable(without_secrets(problem.message, authorization)), kMostWords);
  return problem;
}

}  // namespace

RegistryProblem read_problem(HttpExchange& answer) {
  try {
    const SharedSecret& sent = answer.request().authorization;
    return problem_in(answer.read_all(kMostProblemBytes), sent ? as_text(sent->expose()) : "");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
  } catch (const TransferFailure&) {  // the status alone must do
  }
  return {};
}

std::string status_words(HttpExchange& answer) {
  const RegistryProblem problem = read_problem(answer);
  std::string text = std::to_string(answer.head().status);
  if (!problem.codes.empty()) text += " " + problem.codes;
  if (!problem.message.empty()) text += ": " + problem.message;
  return text;
}

Error page_instead_of(const HttpExchange& answer, const std::string& what) {
  return {ErrorCode::kRegistry,
          answer.request().url.authority() + " answers with a web page instead of " + what,
          "check the host; a proxy (HTTPS_PROXY, NO_PROXY) or a network that wants you to log in may be "
          "between: look at the page with curl"};
}

void refuse_page(const HttpExchange& answer, std::string_view text, const std::string& what) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && text[begin] == '<') throw page_instead_of(answer, what);
}

std::optional<std::uint64_t> bytes_received(std::string_view range) noexcept {
  constexpr std::string_view kUnit = "bytes=";
  if (range.starts_with(kUnit)) range.remove_prefix(kUnit.size());
  if (!range.starts_with("0-")) return std::nullopt;
  const auto last = parse_number(range.substr(2));
  constexpr std::uint64_t kMost = 1ULL << 62U;
  if (!last || *last > kMost) return std::nullopt;
  return *last == 0 ? 0 : *last + 1;
}

bool begins_at(std::string_view content_range, std::uint64_t offset) noexcept {
  constexpr std::string_view kUnit = "bytes ";
  if (!content_range.starts_with(kUnit)) return false;
  content_range.remove_prefix(kUnit.size());
  return parse_number(content_range.substr(0, content_range.find('-'))) == offset;
}

std::optional<std::string> next_link(std::string_view link) {
  while (!link.empty()) {
    const std::size_t begin = link.find('<');
    const std::size_t end = link.find('>', begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) return std::nullopt;
    const std::string_view target = link.substr(begin + 1, end - begin - 1);
    const std::size_t next = link.find(",", end);
    const std::string_view parameters =
        link.substr(end + 1, next == std::string_view::npos ? next : next - end - 1);
    if (parameters.find("rel=\"next\"") != std::string_view::npos ||
        parameters.find("rel=next") != std::string_view::npos)
      return std::string(target);
    link = next == std::string_view::npos ? std::string_view() : link.substr(next + 1);
  }
  return std::nullopt;
}

}  // namespace imgcrypt
