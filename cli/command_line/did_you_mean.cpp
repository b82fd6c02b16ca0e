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

// What other programs call it. A name without a space is meant only where there is one like that, e.g. "ls"
// of recipients.
constexpr std::array kOtherNames = {OtherName{"keygen", "key generate"},
                                    OtherName{"genkey", "key generate"},
                                    OtherName{"--json", "-o json"},
                                    OtherName{"rsa", "jwe-rsa"},
                                    OtherName{"ec", "jwe-ec"},
                                    OtherName{"rm", "remove"},
                                    OtherName{"delete", "remove"},
                                    OtherName{"ls", "list"},
                                    OtherName{"ls", "tags"},
                                    OtherName{"pull", "copy"},
                                    OtherName{"push", "copy"},
                                    OtherName{"cp", "copy"},
                                    OtherName{"prune", "gc"}};

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// Of several that it is the beginning of; a longer list is what --help is for.
std::string names_begun(const std::string& text, std::vector<std::string> names) {
  constexpr std::size_t kLeast = 3;  // letters, dashes included
  constexpr std::size_t kMost = 4;   // names
  std::erase_if(names, [&](const std::string& name) { return !name.starts_with(text); });
  return text.size() < kLeast || names.size() > kMost ? std::string() : joined(names, "or");
}

}  // namespace

std::string joined(const std::vector<std::string>& words, const std::string& last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " " + last + " " : ", ") + words[i];
  return text;
}

std::string see_help(const CLI::App& command) { return "see " + path_of(command) + " --help"; }

// No name of ours has capital letters.
std::string name_near(const std::string& text, const std::vector<std::string>& names) {
  const std::string lower = lower_case(text);
  const std::string exact = nearest_name(text, names);
  return exact.empty() ? nearest_name(lower, names) : exact;
}

std::string did_you_mean(const std::string& text, const std::vector<std::string>& names,
                         const CLI::App& command) {
  const auto is_meant = [&, lower = lower_case(text)](const OtherName& other) {
    return other.theirs == lower && (other.ours.find(' ') != std::string_view::npos ||
                                     std::ranges::find(names, other.ours) != names.end());
  };
  const auto other = std::ranges::find_if(kOtherNames, is_meant);
  std::string near = other != kOtherNames.end() ? std::string(other->ours) : name_near(text, names);
  if (near.empty()) near = names_begun(lower_case(text), names);
  return near.empty() ? see_help(command) : "did you mean " + near + "? See " + path_of(command) + " --help";
}

}  // namespace imgcrypt::cli
