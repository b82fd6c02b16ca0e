// Files with keys that one of our own key providers holds, told by how their text begins: the tables of
// schemes and devices say how. Used by hints, `imgcrypt key` and the key directory. Pure functions.
#pragma once

#include "keywrap/schemes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

struct ProviderKey {
  KeyHalf half;
  std::string_view kind;        // "X25519"; empty: its beginning does not tell
  const OwnProvider* provider;  // a row of the table

  // What to write after -r or -k for a file with it: "provider:sodium:FILE".
  [[nodiscard]] std::string form(const std::string& path) const {
    return std::string(provider->form) + ":" + path;
  }
};

// How much of a file is enough to find its first key, unless it begins with long comments; in bytes.
inline constexpr std::size_t kEnoughForProviderKey = 1024;

// nullopt: it is not a key of one of our own key providers. Empty lines and those that begin with # may come
// first. Told by how the text begins alone.
[[nodiscard]] std::optional<ProviderKey> find_provider_key(std::string_view text);

// Of all schemes and devices, in the order of the tables. They live as long as the program.
[[nodiscard]] std::vector<const OwnProvider*> own_providers();
// What users write for the key provider `name`: "provider:NAME", or the name of a scheme of its own.
[[nodiscard]] std::string form_of_provider(std::string_view name);
// What to write after -k for a key file of a provider of ours: "provider:sodium:FILE".
[[nodiscard]] std::string key_form_of(const OwnProvider& own);
// Null: it is not one of ours.
[[nodiscard]] const OwnProvider* find_own_provider(std::string_view name);

}  // namespace imgcrypt
