// Reading of JSON from outside that knows the place of every value in the text, so that documents can be
// edited (TextEdits) instead of serialised again. Call check_json first; then a JsonView walks the checked
// text without building a tree. It is strict in what is asked for, and does not judge what nobody asks for,
// since that is passed on as it is. No messages quote values, which may be secret; they name the member.
#pragma once

#include "base/bytes.hpp"

#include <imgcrypt/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// What a hostile document may cost. Sizes are in bytes.
struct JsonLimits {
  std::size_t size = 4 * 1024 * 1024;
  std::size_t depth = 10'000;            // as Go reads
  std::size_t members = 10'000;          // of one object
  std::size_t string = 2 * 1024 * 1024;  // as it is written, escapes included
};

// UTF-8's. Parsers differ in whether they skip it at the start of a text.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Accepts the grammar of RFC 8259 without a byte order mark; hence no comments and no trailing bytes. Members
// that occur twice, and strings that are not Unicode, are left to those who read them. Throws kIntegrity,
// with the line and the column, and kRefused beyond the limits.
void check_json(std::string_view text, const JsonLimits& limits = {});

// The bytes of a file as a text that check_json accepts. What it throws names the file, as `path`.
[[nodiscard]] std::string checked_json(ByteView bytes, const std::string& path);

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
  // In the order of the text, duplicates included, whose names the caller has to judge.
  [[nodiscard]] std::vector<JsonMember> members() const;
  [[nodiscard]] std::vector<JsonView> elements() const;

  // A string with its escapes decoded, as UTF-8. Throws kIntegrity for what is not Unicode: a lone surrogate,
  // bytes that are not UTF-8. Not for secrets: the copy is not wiped.
  [[nodiscard]] std::string string() const;
  // The same for texts that are only shown: what is not Unicode becomes U+FFFD or '?'.
  [[nodiscard]] std::string lenient_string() const;
  // A string without escapes, in place, so that no copy of a secret is left. Throws kIntegrity if it has any.
  [[nodiscard]] std::string_view plain_string() const;
  // A number without fraction, exponent or sign. Throws kIntegrity for others and for those above 2^64 - 1.
  [[nodiscard]] std::uint64_t unsigned_integer() const;
  // Throws kIntegrity for everything but true and false.
  [[nodiscard]] bool boolean() const;

 private:
  friend class JsonScanner;
  JsonView(Kind kind, std::string_view text) : kind_(kind), text_(text) {}
  [[noreturn]] void fail(const std::string& what) const;
  void require(Kind kind, std::string_view kind_name) const;

  Kind kind_;
  std::string_view text_;
  std::string_view name_;  // of the member that this is, or is an element of; as it is written
  bool is_element_ = false;
};

// Both are views into the text.
struct JsonMember {
  // The key decoded, for comparing. What is not Unicode never equals a name that a standard defines.
  [[nodiscard]] std::string name() const { return key.lenient_string(); }

  JsonView key;
  JsonView value;
};

}  // namespace imgcrypt
