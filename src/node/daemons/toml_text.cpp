#include "node/daemons/toml_text.hpp"

#include "base/process/fd.hpp"

#include <fcntl.h>

#include <cerrno>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostConfigBytes = std::size_t{1} << 20U;

}  // namespace

Error wrong_type(const std::string& name, std::string_view key, const std::string& type) {
  return {ErrorCode::kRefused, name + ": " + std::string(key) + " is not " + type, "correct the file first"};
}

toml::table parse_toml(std::string_view text, const std::string& name) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    const auto& place = error.source().begin;
    throw Error(ErrorCode::kRefused,
                name + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) +
                    ": not TOML: " + std::string(error.description()),
                "correct the file first");
  }
}

std::string read_config_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT) return {};
    throw errno_error(path);
  }
  return std::string(as_text(read_all(file.get(), kMostConfigBytes, path)));
}

std::string string_in(const toml::table& table, std::string_view key, const std::string& name) {
  const toml::node* value = table.get(key);
  if (value == nullptr) return {};
  if (!value->is_string()) throw wrong_type(name, key, "a string");
  return value->value_or(std::string());
}

std::vector<std::string> strings_in(const toml::table& table, std::string_view key, const std::string& name) {
  std::vector<std::string> strings;
  const toml::node* value = table.get(key);
  if (value == nullptr) return strings;
  if (!value->is_array()) throw wrong_type(name, key, "an array of strings");
  for (const toml::node& element : *value->as_array()) {
    if (!element.is_string()) throw wrong_type(name, key, "an array of strings");
    strings.push_back(element.value_or(std::string()));
  }
  return strings;
}

std::string quote_toml(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      throw Error(ErrorCode::kUsage, "a path holds a control character");
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string quote_toml(const std::vector<std::string>& texts) {
  std::string quoted;
  for (const std::string& text : texts) quoted += (quoted.empty() ? "" : ", ") + quote_toml(text);
  return "[" + quoted + "]";
}

}  // namespace imgcrypt
