#include "cli/guide/version.hpp"

#include "cli/commands.hpp"
#include "cli/guide/commit.hpp"
#include "crypto/openssl_version.hpp"
#include "keywrap/provider/own_programs.hpp"

#include <array>
#include <vector>

namespace imgcrypt::cli {
namespace {

struct Library {
  std::string_view name;
  std::string_view version;
};

// What the build found. Only for OpenSSL is it asked at run time: its fixes matter, and they come without us.
constexpr std::array kBuiltWith = {
    Library{"libsodium", IMGCRYPT_SODIUM_VERSION}, Library{"zstd", IMGCRYPT_ZSTD_VERSION},
    Library{IMGCRYPT_GZIP_LIBRARY, IMGCRYPT_GZIP_VERSION}, Library{"nlohmann-json", IMGCRYPT_JSON_VERSION},
    Library{"CLI11", CLI11_VERSION}};

std::string compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

std::vector<std::string_view> built_providers() {
  std::vector<std::string_view> kinds;
  for (const OwnProgram& program : own_programs()) {
    if (program.is_built) kinds.push_back(program.kind);
  }
  return kinds;
}

std::string text_of_providers() {
  std::string text;
  for (const std::string_view kind : built_providers())
    text += (text.empty() ? "" : ", ") + std::string(kind);
  for (const OwnProgram& program : own_programs()) {
    if (!program.is_built) text += ", without " + std::string(program.kind);
  }
  return text;
}

void run_version(Output& output) { output.print_result(Text::of_lines(version_text()), version_json()); }

}  // namespace

std::string version_text() {
  std::string text = "imgcrypt " IMGCRYPT_VERSION "\ncommit " IMGCRYPT_COMMIT "\nbuilt by ";
  text += compiler();
  text += "\nOpenSSL ";
  text += openssl_version();
  for (const Library& library : kBuiltWith)
    text += "\n" + std::string(library.name) + " " + std::string(library.version);
  return text + "\nkey providers " + text_of_providers();
}

JsonObject version_json() {
  JsonObject libraries;
  libraries.add("OpenSSL", openssl_version());
  for (const Library& library : kBuiltWith) libraries.add(library.name, library.version);
  return JsonObject()
      .add("version", IMGCRYPT_VERSION)
      .add("commit", IMGCRYPT_COMMIT)
      .add("compiler", compiler())
      .add("libraries", libraries)
      .add("keyProviders", JsonArray::of(built_providers()));
}

void define_version(CLI::App& command, Output& output) {
  command.callback([&output] { run_version(output); });
}

}  // namespace imgcrypt::cli
