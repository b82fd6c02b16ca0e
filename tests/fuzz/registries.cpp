// What registries say in headers: how to log in, where to go on, how much they have. An address that was
// accepted means the same when it is read again, and is of nobody else.
#include "fuzz/fuzz.hpp"
#include "transport/http/url.hpp"
#include "transport/registry/challenge.hpp"
#include "transport/registry/registry_words.hpp"

#include <algorithm>
#include <cctype>

namespace imgcrypt::test {
namespace {

bool is_in_lower_case(const std::string& text) {
  return std::ranges::none_of(text, [](unsigned char c) { return std::isupper(c) != 0; });
}

void read_challenges(const std::string& text) {
  for (const Challenge& challenge : parse_challenges(text)) {
    expect(!challenge.scheme.empty() && is_in_lower_case(challenge.scheme), "a scheme");
    for (const auto& [name, value] : challenge.parameters)
      expect(!name.empty() && is_in_lower_case(name) && value.size() <= text.size(), "a parameter");
  }
}

void check_url(const Url& url) {
  const std::string& text = url.string();
  story = text;
  expect(text.starts_with(url.is_https() ? "https://" : "http://"), "the scheme");
  expect(!url.authority().empty() && url.authority().find_first_of("@/?# ") == std::string::npos,
         "an authority");
  const Url again = must("an address that was accepted", [&] { return Url::parse(text); });
  expect(again.string() == text && again.has_origin_of(url), "the same address");
  const Url itself = must("where it is itself", [&] { return url.resolved(text); });
  expect(itself.has_origin_of(url), "the origin of the same address");
  const Url asked = must("a query", [&] { return Url::parse(url.with_query("digest", "a b&c").string()); });
  expect(asked.has_origin_of(url), "the origin with a query");
  expect(url.redacted().size() <= text.size() + 3 * text.size(), "a trace");
}

}  // namespace

void fuzz(ByteView input) {
  const std::string text(as_text(input));
  static const Url kUpload = Url::parse("https://registry.example.com:5000/v2/app/blobs/uploads/1?state=x");
  (void)attempt([&] { read_challenges(text); });
  (void)attempt([&] { check_url(Url::parse(text)); });
  (void)attempt([&] { check_url(kUpload.resolved(text)); });
  // What does not name a host stays where we are.
  if (text.starts_with('/') && !text.starts_with("//")) {
    const auto url = attempt([&] { return kUpload.resolved(text); });
    expect(!url || url->has_origin_of(kUpload), "the origin of a path");
  }
  (void)bytes_received(text);
  (void)begins_at(text, 5);
  if (const auto next = next_link(text)) expect(next->size() < text.size(), "a link within the header");
}

}  // namespace imgcrypt::test
