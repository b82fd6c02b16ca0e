#include "cli/options/recipient_options.hpp"

#include "cli/options/make_repeatable.hpp"
#include "keywrap/parse_recipients.hpp"
#include "keywrap/scheme_help.hpp"

namespace imgcrypt::cli {

void RecipientOptions::add_to(CLI::App& command) {
  make_repeatable(
      command.add_option("-r,--recipient,--encryption-key", recipients,
                         "who can read it: " + recipient_forms() + "; may be given several times"),
      "SCHEME:KEY")
      ->required();
  command.add_flag("--hide-recipients", are_hidden, "do not write whose keys open it");
}

KeyWrappers RecipientOptions::read(const ProviderOptions& providers, Reporter& reporter) const {
  return parse_recipients(
      recipients, providers.open(), [&](const std::string& text) { reporter.note(text); },
      are_hidden ? RecipientNames::kHidden : RecipientNames::kWritten);
}

}  // namespace imgcrypt::cli
