// JSON written member by member, in the order of the calls, on one line of ASCII: safe for terminals as for
// programs. Used for every result of `-o json`. Texts may hold any bytes: what is not UTF-8 becomes U+FFFD.
// Names are not checked: a member added twice is written twice.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace imgcrypt::cli {

class JsonArray;

// An object; each add returns it, so that calls can be chained.
class JsonObject {
 public:
  JsonObject& add(std::string_view name, std::string_view text);
  // Without this overload a literal would become a bool: that conversion is built in, the one to string_view
  // is not.
  JsonObject& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
  template <std::integral Number>
  JsonObject& add(std::string_view name, Number number) {
    return add_value(name, std::to_string(number));
  }
  // Preferred to the template for a bool, which would otherwise become 0 or 1.
  JsonObject& add(std::string_view name, bool truth) { return add_value(name, truth ? "true" : "false"); }
  // REQUIRES: a finite number; JSON has no others (RFC 8259, section 6).
  JsonObject& add(std::string_view name, double number);  // with three digits after the point
  JsonObject& add(std::string_view name, const JsonObject& object);
  JsonObject& add(std::string_view name, const JsonArray& array);
  JsonObject& add_null(std::string_view name) { return add_value(name, "null"); }
  // null for nullopt.
  JsonObject& add_or_null(std::string_view name, const std::optional<std::string>& text) {
    return text ? add(name, std::string_view(*text)) : add_null(name);
  }
  // null for an empty text.
  JsonObject& add_text_or_null(std::string_view name, std::string_view text) {
    return text.empty() ? add_null(name) : add(name, text);
  }

  // The object as far as it has come; more can be added afterwards.
  [[nodiscard]] std::string text() const& { return members_ + "}"; }
  // Without a copy, as a result may have tens of megabytes.
  [[nodiscard]] std::string text() && { return std::move(members_ += '}'); }

 private:
  JsonObject& add_value(std::string_view name, std::string_view json);

  void begin_member(std::string_view name);

  std::string members_ = "{";  // without the brace at the end
};

// The elements may be of different kinds. As with objects, each add returns the array.
class JsonArray {
 public:
  JsonArray() = default;
  // From a range of strings.
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
  friend class JsonObject;

  JsonArray& add_value(std::string_view json);

  std::string elements_;  // without the brackets
};

}  // namespace imgcrypt::cli
