// TOML as the configuration files of daemons have it, read by toml++. For the sources of this folder; their
// headers name no type of it. Pure functions.
#pragma once

#include <imgcrypt/error.hpp>

#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// Throws kRefused, with `name`, the line and the column, if the text is not TOML.
[[nodiscard]] toml::table parse_toml(std::string_view text, const std::string& name);

// The text that the file holds, "" for one that does not exist. Throws kRefused if it is larger than 1 MiB,
// kOther if it cannot be read.
[[nodiscard]] std::string read_config_file(const std::string& path);

// kRefused: "NAME: KEY is not a string".
[[nodiscard]] Error wrong_type(const std::string& name, std::string_view key, const std::string& type);

// Of a table's member; empty when it has none of this name. Throw kRefused, with `name`, for another type.
[[nodiscard]] std::string string_in(const toml::table& table, std::string_view key, const std::string& name);
[[nodiscard]] std::vector<std::string> strings_in(const toml::table& table, std::string_view key,
                                                  const std::string& name);

// A basic string (TOML 1.0, "String"). Throws kUsage for control characters and for what is not UTF-8.
[[nodiscard]] std::string quote_toml(std::string_view text);
// An array of basic strings on one line.
[[nodiscard]] std::string quote_toml(const std::vector<std::string>& texts);

}  // namespace imgcrypt
