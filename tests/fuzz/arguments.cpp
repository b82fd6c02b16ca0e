// What users write: references, platforms, ranges of layers, schemes and digests. What is parsed and written
// is parsed again as the same.
#include "fuzz/fuzz.hpp"
#include "image/tree/selection.hpp"
#include "keywrap/schemes.hpp"
#include "transport/reference.hpp"

namespace imgcrypt::test {
namespace {

void read_reference(const std::string& text) {
  const Reference reference = Reference::parse(text);
  const std::string written = reference.string();
  const Reference again = must("a reference that was written", [&] { return Reference::parse(written); });
  const auto& ours = std::get<LayoutReference>(reference.parts());
  const auto& theirs = std::get<LayoutReference>(again.parts());
  expect(ours.directory == theirs.directory && ours.tag == theirs.tag && ours.digest == theirs.digest &&
             ours.position == theirs.position,
         "the reference that was written");
}

void read_platform(const std::string& text) {
  const Platform platform = parse_platform(text);
  const Platform again =
      must("a platform that was written", [&] { return parse_platform(platform.string()); });
  expect(again.string() == platform.string(), "the platform that was written");
}

}  // namespace

void fuzz(ByteView input) {
  const std::string text(as_text(input));
  (void)attempt([&] { read_reference(text); });
  (void)attempt([&] { read_reference("oci:" + text); });
  (void)attempt([&] { read_platform(text); });
  (void)attempt([&] { (void)parse_layer_range(text); });
  (void)attempt([&] { (void)parse_scheme_string(text); });
  if (const auto digest = Digest::parse_if_valid(text)) expect(digest->string() == text, "the digest's text");
}

}  // namespace imgcrypt::test
