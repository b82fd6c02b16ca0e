// JSON written member by member, in order, on one line of ASCII: what terminals and programs can both take.
// Texts may hold any bytes; what is no UTF-8 becomes U+FFFD.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt::cli {

class JsonArray;

class JsonObject {
 public:
  JsonObject& add(std::string_view name, std::string_view text);
  JsonObject& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
  template <std::integral Number>
  JsonObject& add(std::string_view name, Number number) {
    return add_value(name, std::to_string(number));
  }
  JsonObject& add(std::string_view name, bool truth) { return add_value(name, truth ? "true" : "false"); }
  JsonObject& add(std::string_view name, double number);  // with three decimals
  JsonObject& add(std::string_view name, const JsonObject& object) { return add_value(name, object.text()); }
  JsonObject& add(std::string_view name, const JsonArray& array);
  JsonObject& add_null(std::string_view name) { return add_value(name, "null"); }
  // null when there is none.
  JsonObject& add_or_null(std::string_view name, const std::optional<std::string>& text) {
    return text ? add(name, std::string_view(*text)) : add_null(name);
  }

  [[nodiscard]] std::string text() const { return "{" + members_ + "}"; }

 private:
  JsonObject& add_value(std::string_view name, std::string_view json);

  std::string members_;
};

class JsonArray {
 public:
  JsonArray() = default;
  template <typename Texts>
  static JsonArray of(const Texts& texts) {
    JsonArray array;
    for (const auto& text : texts) array.add(text);
    return array;
  }
  JsonArray& add(std::string_view text);
  JsonArray& add(const JsonObject& object);
  template <std::integral Number>
  JsonArray& add(Number number) {
    return add_value(std::to_string(number));
  }

  [[nodiscard]] std::string text() const { return "[" + elements_ + "]"; }

 private:
  JsonArray& add_value(std::string_view json);

  std::string elements_;
};

}  // namespace imgcrypt::cli
