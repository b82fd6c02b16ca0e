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

JsonObject& JsonObject::add(std::string_view name, const JsonObject& object) {
  begin_member(name);
  members_.append(object.members_).append("}");
  return *this;
}

JsonObject& JsonObject::add(std::string_view name, const JsonArray& array) {
  begin_member(name);
  members_.append("[").append(array.elements_).append("]");
  return *this;
}

JsonObject& JsonObject::add_value(std::string_view name, std::string_view json) {
  begin_member(name);
  members_.append(json);
  return *this;
}

void JsonObject::begin_member(std::string_view name) {
  if (members_.size() > 1) members_ += ',';
  members_.append(quote(name)).append(":");
}

JsonArray& JsonArray::add(std::string_view text) { return add_value(quote(text)); }

JsonArray& JsonArray::add(const JsonObject& object) { return add_value(object.text()); }

JsonArray& JsonArray::add_value(std::string_view json) {
  if (!elements_.empty()) elements_ += ',';
  elements_ += json;
  return *this;
}

}  // namespace imgcrypt::cli
