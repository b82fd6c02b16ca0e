#include "cli/json/json_object.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace imgcrypt::cli {
namespace {

std::string quote(std::string_view text) {
  // ASCII only (the third argument), so that no terminal takes a control character of an image for a command
  // and no reader stumbles over an encoding; `replace` keeps dump() from throwing at what is not UTF-8.
  using nlohmann::json;
  return json(text).dump(-1, ' ', true, json::error_handler_t::replace);
}

void append(std::string& list, std::string_view item) {
  if (!list.empty()) list += ',';
  list += item;
}

}  // namespace

JsonObject& JsonObject::add(std::string_view name, std::string_view text) {
  return add_value(name, quote(text));
}

JsonObject& JsonObject::add(std::string_view name, double number) {
  // With a point, as JSON wants it: nothing here calls setlocale().
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.3f", number);
  return add_value(name, digits);
}

JsonObject& JsonObject::add(std::string_view name, const JsonArray& array) {
  return add_value(name, array.text());
}

JsonObject& JsonObject::add_value(std::string_view name, std::string_view json) {
  append(members_, quote(name) + ":" + std::string(json));
  return *this;
}

JsonArray& JsonArray::add(std::string_view text) { return add_value(quote(text)); }

JsonArray& JsonArray::add(const JsonObject& object) { return add_value(object.text()); }

JsonArray& JsonArray::add_value(std::string_view json) {
  append(elements_, json);
  return *this;
}

}  // namespace imgcrypt::cli
