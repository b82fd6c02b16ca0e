#include "cli/options/keys/recipient_options.hpp"

#include "cli/options/keys/lines.hpp"
#include "cli/options/make_repeatable.hpp"
#include "keywrap/parse_recipients.hpp"
#include "keywrap/scheme_help.hpp"

namespace imgcrypt::cli {

namespace {

constexpr const char* kRecipientsVariable = "IMGCRYPT_RECIPIENTS";

}  // namespace

void RecipientOptions::add_to(CLI::App& command) {
  make_repeatable(
      command.add_option("-r,--recipient,--encryption-key", recipients,
                         "recipient, who will be able to decrypt the image: " + recipient_forms() +
                             "; can be given more than once (default: the lines of IMGCRYPT_RECIPIENTS)"),
      "SCHEME:KEY");
  make_repeatable(
      command.add_option("-R,--recipients-file", files,
                         "file with more recipients, one a line as after -r; lines that begin with # are "
                         "comments; can be given more than once"),
      "FILE");
  command.add_flag("--hide-recipients", are_hidden, "do not record whose keys open the image");
}

KeyWrappers RecipientOptions::read(const ProviderOptions& providers, Reporter& reporter) const {
  std::vector<RecipientText> given;
  for (const std::string& recipient : recipients) given.push_back({recipient});
  const auto add = [&](const std::vector<Line>& lines) {
    for (const Line& line : lines) given.push_back({line.text, line.place});
  };
  for (const std::string& file : files) add(read_lines(file));
  if (given.empty()) add(lines_of_variable(kRecipientsVariable));
  if (given.empty())
    throw Error(ErrorCode::kUsage, "no recipient was given",
                "give one with -r " + recipient_forms() + ", or a file with recipients with -R");
  const auto remark = [&](Remark weight, const std::string& text) {
    weight == Remark::kWarning ? reporter.warn(text) : reporter.note(text);
  };
  const auto opened = providers.open();
  auto wrappers = parse_recipients(given, opened, remark,
                                   are_hidden ? RecipientNames::kHidden : RecipientNames::kWritten);
  note_config_problem(*opened, reporter);
  return wrappers;
}

}  // namespace imgcrypt::cli
