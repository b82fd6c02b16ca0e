// Strict reading of JSON from outside that knows the place of every value in the text, so that documents can
// be edited (TextEdits) instead of serialised again. Call check_json first; then a JsonView walks the checked
// text without building a tree. No messages quote values, which may be secret; some quote member names.
#pragma once

#include <imgcrypt/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// What a hostile document may cost. Sizes are in bytes.
struct JsonLimits {
  std::size_t size = 4 * 1024 * 1024;
  std::size_t depth = 32;
  std::size_t members = 10'000;  // of one object
  std::size_t string = 2 * 1024 * 1024;
};

// Accepts what RFC 8259 allows, but no byte order mark and no duplicate members; hence also no comments,
// trailing bytes or invalid UTF-8. Throws kIntegrity, and kRefused beyond the limits.
void check_json(std::string_view text, const JsonLimits& limits = {});

// The text as a JSON string, with its quotes, for documents that we put together. Not for secrets. Invalid
// UTF-8 becomes U+FFFD.
[[nodiscard]] std::string quote_json(std::string_view utf8);

struct JsonMember;

// A value inside a text, which must outlive it; cheap to copy. Each call scans the text again, so its cost
// grows with the size of the value. Reading a value as another kind throws kIntegrity. Without check_json it
// still never reads out of bounds, but accepts texts that are not JSON.
class JsonView {
 public:
  enum class Kind { kObject, kArray, kString, kNumber, kLiteral };

  // The one value of a text. Throws kIntegrity if the text does not start with a value, or if anything but
  // white space follows it.
  explicit JsonView(std::string_view text);

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  // The very bytes of this value, inside the text that it was made from, without white space around it.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] bool is_null() const noexcept { return text_ == "null"; }

  // A member of an object by its exact name; nullopt if it is absent or null. Throws kIntegrity if it occurs
  // twice, or if another member's name differs only in case: Go's encoding/json would take that for this one,
  // and the two programs would read different documents.
  [[nodiscard]] std::optional<JsonView> find(std::string_view name) const;
  // Like find, but an absent member is kIntegrity.
  [[nodiscard]] JsonView get(std::string_view name) const;
  // In the order of the text, duplicates included.
  [[nodiscard]] std::vector<JsonMember> members() const;
  [[nodiscard]] std::vector<JsonView> elements() const;

  // A string with its escapes decoded, as UTF-8. Not for secrets: the copy is not wiped.
  [[nodiscard]] std::string string() const;
  // A string without escapes, in place, so that no copy of a secret is left. Throws kIntegrity if it has any.
  [[nodiscard]] std::string_view plain_string() const;
  // A number without fraction, exponent or sign. Throws kIntegrity for others and for those above 2^64 - 1.
  [[nodiscard]] std::uint64_t unsigned_integer() const;
  // Throws kIntegrity for everything but true and false.
  [[nodiscard]] bool boolean() const;

 private:
  friend class JsonScanner;
  JsonView(Kind kind, std::string_view text) : kind_(kind), text_(text) {}
  void require(Kind kind, std::string_view name) const;

  Kind kind_;
  std::string_view text_;
};

// Both are views into the text.
struct JsonMember {
  JsonView key;
  JsonView value;
};

}  // namespace imgcrypt
