#include "cli/key/own_provider.hpp"

#include "base/process/child_process.hpp"
#include "keywrap/provider/key_providers.hpp"

namespace imgcrypt::cli {
namespace {

// What a provider of ours says on stderr, "PROGRAM: error: MESSAGE; HINT", as an error of our own: that it
// was a program that found it helps nobody.
Error said_by(const std::string& program, const Error& error) {
  const std::string start = program + ": error: ";
  const std::size_t at = error.message().find(start);
  if (at == std::string::npos) return error;
  const std::string text = error.message().substr(at + start.size());
  const std::size_t end = text.find("; ");
  return {error.code(), text.substr(0, end), end == std::string::npos ? "" : text.substr(end + 2)};
}

}  // namespace

std::string ask_own_provider(const std::string& program, std::vector<std::string> arguments, ByteView input) {
  const Program command{own_provider_program(libexec_directory(), program), std::move(arguments)};
  DeathWatch watch;  // ends the program if we are killed
  try {
    const SecretBytes printed = ChildProcess(command, {.end = kTimeToEnd}, watch).finish(input);
    std::string text(as_text(printed.expose()));
    while (text.ends_with('\n')) text.pop_back();
    return text;
  } catch (const Error& error) {
    throw said_by(program, error);
  }
}

}  // namespace imgcrypt::cli
