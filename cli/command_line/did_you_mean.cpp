#include "cli/command_line/did_you_mean.hpp"

#include "base/text/spelling.hpp"
#include "cli/command_line/command_tree.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace imgcrypt::cli {
namespace {

struct OtherName {
  std::string_view theirs;
  std::string_view ours;
};

// What other programs call it.
constexpr std::array kOtherNames = {OtherName{"keygen", "key generate"}, OtherName{"genkey", "key generate"},
                                    OtherName{"--json", "-o json"}, OtherName{"rsa", "jwe-rsa"},
                                    OtherName{"ec", "jwe-ec"}};

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

}  // namespace

std::string see_help(const CLI::App& command) { return "see " + path_of(command) + " --help"; }

// No name of ours has capital letters.
std::string name_near(const std::string& text, const std::vector<std::string>& names) {
  const std::string lower = lower_case(text);
  const std::string exact = nearest_name(text, names);
  return exact.empty() ? nearest_name(lower, names) : exact;
}

std::string did_you_mean(const std::string& text, const std::vector<std::string>& names,
                         const CLI::App& command) {
  const auto other = std::ranges::find(kOtherNames, lower_case(text), &OtherName::theirs);
  // "ec" is another name only where there is a jwe-ec.
  const bool is_other = other != kOtherNames.end() && (other->ours.find(' ') != std::string_view::npos ||
                                                       std::ranges::find(names, other->ours) != names.end());
  const std::string near = is_other ? std::string(other->ours) : name_near(text, names);
  return near.empty() ? see_help(command) : "did you mean " + near + "? See " + path_of(command) + " --help";
}

}  // namespace imgcrypt::cli
