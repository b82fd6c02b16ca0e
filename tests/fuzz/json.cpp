// JSON that check_json and nlohmann/json accept reads the same with both, and every text survives quote_json.
// What is not checked is read within its bounds.
#include "base/text/json.hpp"

#include "fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

#include <map>

namespace imgcrypt::test {
namespace {

using Json = nlohmann::json;

// Unchecked texts may be nested as deeply as they are long.
constexpr std::size_t kMostDepth = 40;

void read_everything(const JsonView& view, std::size_t depth = 0) {
  (void)attempt([&] { return view.string(); });
  (void)attempt([&] { return view.plain_string().size(); });
  (void)attempt([&] { return view.unsigned_integer(); });
  (void)attempt([&] { return view.boolean(); });
  (void)attempt([&] { return view.find("digest"); });
  if (depth == kMostDepth) return;
  for (const JsonView& element : attempt([&] { return view.elements(); }).value_or(std::vector<JsonView>()))
    read_everything(element, depth + 1);
  for (const JsonMember& member : attempt([&] { return view.members(); }).value_or(std::vector<JsonMember>()))
    read_everything(member.value, depth + 1);
}

void compare(const JsonView& ours, const Json& theirs);

// Of members that occur twice nlohmann/json keeps the last.
void compare_objects(const std::vector<JsonMember>& ours, const Json& theirs) {
  std::map<std::string, JsonView> last;
  for (const JsonMember& member : ours) last.insert_or_assign(member.key.string(), member.value);
  expect(last.size() == theirs.size(), "as many members as nlohmann/json reads");
  for (const auto& [name, value] : last) {
    expect(theirs.contains(name), "a member that nlohmann/json reads");
    compare(value, theirs.at(name));
  }
}

void compare_arrays(const std::vector<JsonView>& ours, const Json& theirs) {
  expect(ours.size() == theirs.size(), "as many elements as nlohmann/json reads");
  for (std::size_t i = 0; i < ours.size(); ++i) compare(ours[i], theirs[i]);
}

void compare_strings(const JsonView& ours, const std::string& theirs) {
  expect(ours.string() == theirs, "the same string");
  const auto plain = attempt([&] { return ours.plain_string(); });
  expect(plain ? *plain == theirs : ours.text().find('\\') != std::string_view::npos,
         "a string without escapes in place");
}

void compare(const JsonView& ours, const Json& theirs) {
  if (theirs.is_object()) compare_objects(ours.members(), theirs);
  if (theirs.is_array()) compare_arrays(ours.elements(), theirs);
  if (theirs.is_string()) compare_strings(ours, theirs.get<std::string>());
  if (theirs.is_boolean()) expect(ours.boolean() == theirs.get<bool>(), "the same truth");
  if (theirs.is_number_unsigned())
    expect(ours.unsigned_integer() == theirs.get<std::uint64_t>(), "the same number");
  expect(ours.is_null() == theirs.is_null(), "null where nlohmann/json reads null");
}

void quote_and_read(std::string_view text) {
  const std::string quoted = quote_json(text);
  must("a quoted text is JSON", [&] { check_json(quoted, {.string = 2 * quoted.size()}); });
  // Invalid UTF-8 is replaced, so only the second time is exact.
  const std::string once = JsonView(quoted).string();
  expect(JsonView(quote_json(once)).string() == once, "the text that was quoted");
}

}  // namespace

void fuzz(ByteView input) {
  const std::string_view text = as_text(input);
  (void)attempt([&] { read_everything(JsonView(text)); });
  quote_and_read(text);
  check_json(text);
  read_everything(JsonView(text));
  // Strings that are not Unicode are only refused by who reads them.
  if (Json::accept(text))
    must("what was checked can be read", [&] { compare(JsonView(text), Json::parse(text)); });
}

}  // namespace imgcrypt::test
