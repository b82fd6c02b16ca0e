#include "cli/key/own_provider.hpp"

#include "base/process/child_process.hpp"
#include "keywrap/provider/key_providers.hpp"

namespace imgcrypt::cli {

std::string ask_own_provider(const std::string& program, std::vector<std::string> arguments) {
  const Program command{own_provider_program(libexec_directory(), program), std::move(arguments)};
  DeathWatch watch;  // ends the program if we are killed
  const SecretBytes printed = ChildProcess(command, {}, watch).finish({});
  std::string text(as_text(printed.expose()));
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace imgcrypt::cli
