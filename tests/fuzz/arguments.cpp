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
  expect(again.parts().index() == reference.parts().index() && again.string() == written,
         "the reference that was written");
  const auto* ours = std::get_if<LayoutReference>(&reference.parts());
  if (ours == nullptr) return;
  const auto& theirs = std::get<LayoutReference>(again.parts());
  expect(ours->directory == theirs.directory && ours->tag == theirs.tag && ours->digest == theirs.digest &&
             ours->position == theirs.position,
         "the directory, tag, digest and position that were written");
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
  for (const std::string transport : {"oci:", "oci-archive:", "docker-archive:", "docker://", "dir:"})
    (void)attempt([&] { read_reference(transport + text); });
  (void)attempt([&] { read_platform(text); });
  (void)attempt([&] { (void)parse_layer_range(text); });
  (void)attempt([&] { (void)parse_scheme_string(text); });
  if (const auto digest = Digest::parse_if_valid(text)) expect(digest->string() == text, "the digest's text");
}

}  // namespace imgcrypt::test
