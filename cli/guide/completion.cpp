#include "cli/guide/completion.hpp"

#include "cli/command_line/command_tree.hpp"
#include "cli/command_line/walk.hpp"
#include "cli/commands.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt::cli {
namespace {

// What a value may begin with, and the paths that follow: "files", "directories", or empty for none.
struct Prefix {
  std::string_view text;
  std::string_view about;
  std::string_view paths;
};
constexpr std::array kTransports = {
    Prefix{"oci:", "image layout: oci:DIR[:TAG]", "directories"},
    Prefix{"docker://", "image in a registry: docker://HOST/REPOSITORY[:TAG]", ""},
    Prefix{"oci-archive:", "layout in a tar: oci-archive:FILE[:TAG]", "files"},
    Prefix{"docker-archive:", "archive of docker save: docker-archive:FILE[:NAME]", "files"},
    Prefix{"dir:", "directory of skopeo: dir:DIR", "directories"}};
constexpr std::array kSchemes = {
    Prefix{"jwe:", "public key file", "files"},
    Prefix{"pkcs7:", "certificate file", "files"},
    Prefix{"pgp:", "name, mail address or id of a GnuPG key, or file of public keys", "files"},
    Prefix{"age:", "public key of age or SSH, or file of them", "files"},
    Prefix{"pkcs11:", "key file or URI of a PKCS#11 token's key, or public key file", "files"},
    Prefix{"provider:", "key provider: provider:NAME[:PARAMETER]", "files"}};
// The usual ones; an image may have others.
constexpr std::array kPlatforms = {"linux/amd64",  "linux/arm64",   "linux/arm/v7",
                                   "linux/arm/v6", "linux/386",     "linux/riscv64",
                                   "linux/s390x",  "linux/ppc64le", "windows/amd64"};

class Answer {
 public:
  explicit Answer(std::string_view typed) : typed_(typed) {}

  void add(const std::string& word, const std::string& about = {}) {
    if (word.starts_with(typed_)) text_ += word + "\t" + about + "\n";
  }
  void set_path(std::string_view kind, std::string_view prefix) {
    text_ = ":" + std::string(kind) + " " + std::string(prefix) + "\n";
  }
  // Paths after one of the prefixes; as long as none is typed whole, the prefixes. `start` is before them in
  // the same word.
  void add_prefixed(std::span<const Prefix> prefixes, std::string_view start) {
    for (const Prefix& prefix : prefixes) {
      const std::string whole = std::string(start) + std::string(prefix.text);
      if (!typed_.starts_with(whole)) {
        add(whole, std::string(prefix.about));
      } else if (!prefix.paths.empty()) {
        return set_path(prefix.paths, whole);
      }
    }
  }

  [[nodiscard]] const std::string& typed() const noexcept { return typed_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string typed_;
  std::string text_;
};

// The last item of a list with commas is what is completed; those before it stay in front.
void offer_platforms(Answer& answer, const std::string& start) {
  const std::size_t comma = answer.typed().rfind(',');
  const std::string before = comma == std::string::npos ? start : answer.typed().substr(0, comma + 1);
  for (const char* platform : kPlatforms) answer.add(before + platform);
}

// `start` is what is before the value in the same word, such as "--key=".
void offer_values(const CLI::Option& option, Answer& answer, const std::string& start) {
  const std::string type = option.get_positional() ? name_of(option) : type_of(option);
  for (const std::string& choice : choices_of(option)) answer.add(start + choice);
  if (type == "PLATFORM") return offer_platforms(answer, start);
  if (type == "SRC" || type == "DST" || type == "REF") return answer.add_prefixed(kTransports, start);
  if (type == "SCHEME:KEY" || type == "RECIPIENT") return answer.add_prefixed(kSchemes, start);
  if (type == "DIR") return answer.set_path("directories", start);
  if (type == "FILE" || type == "KEY") return answer.set_path("files", start);
}

void offer_options(const CLI::App& command, Answer& answer) {
  for (const CLI::Option* option : options_of(command)) {
    for (const std::string& name : names_of(*option)) answer.add(name, option->get_description());
  }
}

void offer_commands(const CLI::App& command, Answer& answer) {
  for (const CLI::App* one : commands_of(command)) answer.add(one->get_name(), one->get_description());
}

// COMMAND... of help and man
void offer_command_path(const CLI::App& root, const std::vector<std::string>& names, Answer& answer) {
  const Walk there = walk(root, names);
  if (!there.unknown_command) offer_commands(*there.command, answer);
}

void offer_argument(const CLI::App& root, const Walk& before, Answer& answer) {
  const auto taken = arguments_of(*before.command);
  if (taken.empty()) return;
  if (name_of(*taken.front()) == kCommandPath) return offer_command_path(root, before.arguments, answer);
  if (before.arguments.size() < taken.size()) offer_values(*taken[before.arguments.size()], answer, {});
}

}  // namespace

std::string completions(const CLI::App& root, std::span<const std::string> words) {
  if (words.empty()) return {};
  const Walk before = walk(root, words.first(words.size() - 1));
  if (before.unknown_command) return {};
  Answer answer(words.back());
  const std::size_t equals = words.back().find('=');
  if (const CLI::Option* option = open_option(before)) {
    offer_values(*option, answer, {});
  } else if (before.is_after_dashes || !words.back().starts_with('-')) {
    commands_of(*before.command).empty() ? offer_argument(root, before, answer)
                                         : offer_commands(*before.command, answer);
  } else if (equals == std::string::npos) {
    offer_options(*before.command, answer);
  } else if (const CLI::Option* named = find_option(*before.command, words.back().substr(0, equals))) {
    if (takes_value(*named)) offer_values(*named, answer, words.back().substr(0, equals + 1));
  }
  return answer.text();
}

void define_completion_script(CLI::App& command, Output& output) {
  command.callback(
      [&command, &output] { output.print_document(as_bytes(completion_script(command.get_name()))); });
}

}  // namespace imgcrypt::cli
