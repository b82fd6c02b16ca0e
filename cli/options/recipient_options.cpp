#include "cli/options/recipient_options.hpp"

#include "cli/options/make_repeatable.hpp"
#include "keywrap/parse_recipients.hpp"
#include "keywrap/scheme_help.hpp"

namespace imgcrypt::cli {

void RecipientOptions::add_to(CLI::App& command) {
  make_repeatable(command.add_option("-r,--recipient,--encryption-key", recipients,
                                     "recipient, who will be able to decrypt the image: " +
                                         recipient_forms() + "; can be given more than once"),
                  "SCHEME:KEY")
      ->required();
  command.add_flag("--hide-recipients", are_hidden, "do not record whose keys open the image");
}

KeyWrappers RecipientOptions::read(const ProviderOptions& providers, Reporter& reporter) const {
  return parse_recipients(
      recipients, providers.open(), [&](const std::string& text) { reporter.note(text); },
      are_hidden ? RecipientNames::kHidden : RecipientNames::kWritten);
}

}  // namespace imgcrypt::cli
