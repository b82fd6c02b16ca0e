// Where the private keys of a machine are, for the providers whose keys are files, and how the files are
// read. Read at each call; safe in every thread.
#pragma once

#include "base/secret_bytes.hpp"

#include <imgcrypt/error.hpp>

#include <string>
#include <vector>

namespace imgcrypt::keyprovider {

// The private keys of this machine.
struct KeyPlaces {
  std::vector<std::string> files;
  std::vector<std::string> directories;  // of NAME.key files; those below them are not looked at
};

// The regular files NAME.key of a directory, sorted. Throws kNotFound if it cannot be listed.
[[nodiscard]] std::vector<std::string> key_files_in(const std::string& directory);

// What the user named; a bare provider:NAME names nothing.
[[nodiscard]] std::vector<std::string> named_by(const std::vector<std::string>& parameters);

// The whole file, which may be a pipe. Throws kUsage, naming it, if it cannot be read or has more than
// `limit` bytes; kCancelled.
[[nodiscard]] SecretBytes read_key_file(const std::string& file, std::size_t limit);

// What `parse` makes of its content, a text. Throws the same, and what `parse` throws, naming the file.
template <typename Parse>
auto parse_key_file(const std::string& file, std::size_t limit, Parse parse) {
  const SecretBytes content = read_key_file(file, limit);
  try {
    return parse(as_text(content.expose()));
  } catch (const Error& error) {
    throw error.in(file);
  }
}

}  // namespace imgcrypt::keyprovider
