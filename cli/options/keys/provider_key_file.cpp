#include "cli/options/keys/provider_key_file.hpp"

#include "cli/options/keys/passphrase.hpp"
#include "keys/key_file.hpp"
#include "keys/named_file.hpp"
#include "keywrap/file_forms.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace imgcrypt::cli {
namespace {

[[noreturn]] void fail(const std::string& key, const std::string& why, const std::string& hint) {
  throw Error(ErrorCode::kUsage, "key " + key + ": " + why, hint);
}

// `start` is what comes before the file: "age:". Not read: it may be a pipe. The text may hold a passphrase:
// no more of it is shown than names a file.
void check_file(const std::string& start, const std::string& file) {
  if (file.empty()) fail(start.substr(0, start.size() - 1), "it names no file", "write -k " + start + "FILE");
  if (::access(file.c_str(), R_OK) == 0) return;
  const int reason = errno;
  for (std::size_t end = file.find(':'); end != std::string::npos; end = file.find(':', end + 1)) {
    const std::string key = start + file.substr(0, end);
    if (::access(file.substr(0, end).c_str(), F_OK) == 0)
      fail(key, "such keys have no passphrase", "give a key without one: -k " + key);
  }
  const std::string shown = file.substr(0, file.find(':'));
  fail(start + shown, std::generic_category().message(reason), hint_for_missing_file(shown));
}

// The program says that it needs the private half. Only a regular file is read: a pipe is for the program.
bool is_public_key(const std::string& file) try {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return false;
  const SecretBytes content = read_key_file(file);
  const auto key = find_provider_key(as_text(content.expose()));
  return key && key->half == KeyHalf::kPublic;
} catch (const Error& error) {
  if (error.code() == ErrorCode::kCancelled) throw;
  return false;
}

}  // namespace

void check_provider_key(const NamedProvider& key, KeyProviders& providers, Reporter& reporter) {
  providers.require(key.name);
  const auto file = key_file_of(key);
  if (!file) return;
  const OwnProvider& own = *find_own_provider(key.name);
  // A program that is configured under this name may take other parameters.
  if (providers.is_own(key.name) && !own.takes_plain_files) {
    check_file(std::string(own.form) + ":" + std::string(own.key_parameter), *file);
  }
  if (!is_public_key(*file)) warn_of_exposure("key", *file, reporter);
}

}  // namespace imgcrypt::cli
