#include "transport/registry/challenge.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <cctype>
#include <optional>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostChallenges = 16;

[[noreturn]] void refuse_challenge() {
  throw Error(ErrorCode::kRegistry, "its WWW-Authenticate cannot be understood",
              "have its administrator, or that of a proxy before it, mend this header of its answer 401");
}

bool is_token_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string in_lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

class ChallengeParser {
 public:
  explicit ChallengeParser(std::string_view text) : rest_(text) {}

  std::vector<Challenge> parse() {
    std::vector<Challenge> challenges;
    skip_commas();
    while (!rest_.empty()) {
      if (challenges.size() == kMostChallenges) refuse_challenge();
      Challenge challenge{in_lower_case(token()), {}};
      skip_spaces();
      add_parameters(challenge);
      challenges.push_back(std::move(challenge));
    }
    return challenges;
  }

 private:
  // What follows a comma is a parameter if it has a `=`, else the next challenge.
  void add_parameters(Challenge& challenge) {
    if (skip_token68()) return skip_commas();
    while (!rest_.empty() && rest_.front() != ',') {
      const std::string_view before = rest_;
      std::string name = in_lower_case(token());
      skip_spaces();
      if (!rest_.starts_with('=')) {
        if (challenge.parameters.empty()) refuse_challenge();
        rest_ = before;
        return;
      }
      rest_.remove_prefix(1);
      skip_spaces();
      std::string value = rest_.starts_with('"') ? quoted() : token();
      if (!challenge.parameters.emplace(std::move(name), std::move(value)).second) refuse_challenge();
      skip_spaces();
      if (!rest_.empty() && rest_.front() != ',') refuse_challenge();
      skip_commas();
    }
    skip_commas();
  }

  // `Negotiate abc==`: a text without a name.
  bool skip_token68() {
    const auto is_part = [](char c) { return is_token_char(c) || c == '/'; };
    std::size_t end = 0;
    while (end < rest_.size() && is_part(rest_[end])) ++end;
    while (end > 0 && end < rest_.size() && rest_[end] == '=') ++end;
    if (end == 0 || (end < rest_.size() && rest_[end] != ',')) return false;
    rest_.remove_prefix(end);
    return true;
  }

  std::string token() {
    const auto end = std::ranges::find_if_not(rest_, is_token_char) - rest_.begin();
    if (end == 0) refuse_challenge();
    std::string text(rest_.substr(0, static_cast<std::size_t>(end)));
    rest_.remove_prefix(text.size());
    return text;
  }

  std::string quoted() {
    std::string text;
    rest_.remove_prefix(1);
    while (!rest_.starts_with('"')) {
      if (rest_.starts_with('\\')) rest_.remove_prefix(1);
      if (rest_.empty()) refuse_challenge();
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    rest_.remove_prefix(1);
    return text;
  }

  void skip_spaces() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
  }
  void skip_commas() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t') || rest_.starts_with(','))
      rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) { return ChallengeParser(header).parse(); }

}  // namespace imgcrypt
