// What `key show` says of a key file: the keys and certificates in it, and what each can be used for, for
// people and for programs.
#pragma once

#include "cli/json/json_object.hpp"
#include "cli/options/keys/device_key.hpp"
#include "cli/terminal/text.hpp"
#include "keys/list_key_file.hpp"
#include "keywrap/file_forms.hpp"

#include <string>
#include <vector>

namespace imgcrypt::cli {

struct KeyContents {
  Text lines;
  JsonArray keys;  // docs/output.schema.json has their members
};

// Adds "  NAME  VALUE" on a line of its own, unless the value is empty.
void add_line(Text& text, std::string name, const std::string& value);

// Of the items of a file, in its order.
[[nodiscard]] KeyContents contents_of(const std::vector<KeyItem>& items, const std::string& file);
// Of a key in a device: `half` is its public half.
[[nodiscard]] KeyContents contents_of(const NamedDeviceKey& key, const PublicKey& half);
// Of a file with keys of one of our key providers, which is started to print them. Throws as
// ask_own_provider().
[[nodiscard]] KeyContents contents_of(const ProviderKey& key, const std::string& file);

}  // namespace imgcrypt::cli
