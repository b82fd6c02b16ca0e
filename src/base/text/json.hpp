// Strict reading of JSON from outside, with the place of every value, so that documents can be edited instead
// of re-serialised. check_json first; then a JsonView walks the checked text without a tree. Sizes are in
// bytes.
#pragma once

#include <imgcrypt/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

struct JsonLimits {
  std::size_t size = 4 * 1024 * 1024;
  std::size_t depth = 32;
  std::size_t members = 10'000;  // of one object
  std::size_t string = 2 * 1024 * 1024;
};

// RFC 8259 and nothing beside it: no byte order mark, comments, trailing bytes, invalid UTF-8 or duplicate
// members. Throws kIntegrity, or kRefused beyond the limits.
void check_json(std::string_view text, const JsonLimits& limits = {});

[[nodiscard]] std::string quote_json(std::string_view utf8);

struct JsonMember;

// A value inside a text, which must outlive it. Reading the wrong kind throws kIntegrity. Never reads out of
// bounds, but only check_json finds every fault of a text.
class JsonView {
 public:
  enum class Kind { kObject, kArray, kString, kNumber, kLiteral };

  // The text's one value. Throws kIntegrity when its first token is none, or when something follows the
  // value.
  explicit JsonView(std::string_view text);

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }  // the very bytes of this value
  [[nodiscard]] bool is_null() const noexcept { return text_ == "null"; }

  // A member of an object; nullopt when absent or null. Throws kIntegrity when it occurs twice, or when there
  // is one whose name differs in case only: peers written in Go take it for this one.
  [[nodiscard]] std::optional<JsonView> find(std::string_view name) const;
  [[nodiscard]] JsonView get(std::string_view name) const;  // as find; absent is an error
  [[nodiscard]] std::vector<JsonMember> members() const;
  [[nodiscard]] std::vector<JsonView> elements() const;

  [[nodiscard]] std::string string() const;             // decoded
  [[nodiscard]] std::string_view plain_string() const;  // of a string without escapes, in place: for secrets
  [[nodiscard]] std::uint64_t unsigned_integer() const;
  [[nodiscard]] bool boolean() const;

 private:
  friend class JsonScanner;
  JsonView(Kind kind, std::string_view text) : kind_(kind), text_(text) {}
  void require(Kind kind, std::string_view name) const;

  Kind kind_;
  std::string_view text_;
};

struct JsonMember {
  JsonView key;
  JsonView value;
};

}  // namespace imgcrypt
