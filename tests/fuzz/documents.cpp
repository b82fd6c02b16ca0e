// Manifests, indexes and image configs from outside: no text is both a manifest and an index, an edit that
// changes nothing keeps every byte, and find_layer agrees with the parsed layers.
#include "fuzz/fuzz.hpp"
#include "image/tree/configs.hpp"
#include "support/image_builder.hpp"

namespace imgcrypt::test {
namespace {

DocumentEdit nothing(std::size_t elements) {
  DocumentEdit edit;
  edit.elements.resize(elements);
  return edit;
}

void read_as_manifest(const std::string& text) {
  const Manifest manifest = Manifest::parse(text);
  expect(!attempt([&] { return Index::parse(text); }), "a manifest is not also an index");
  expect(manifest.raw() == text, "the manifest's text");
  expect(manifest.edited(nothing(manifest.layers().size())).raw() == text, "an unchanged manifest");
  for (const Descriptor& layer : manifest.layers()) {
    const auto found = must("a layer is found", [&] { return find_layer(text, layer.digest); });
    expect(!found.empty() && found.front().digest == layer.digest, "the layer that was looked for");
  }
}

void read_as_index(const std::string& text) {
  const Index index = Index::parse(text);
  expect(index.raw() == text, "the index's text");
  expect(index.edited(nothing(index.manifests().size())).raw() == text, "an unchanged index");
}

void read_as_config(const std::string& text) {
  MemoryStore store;
  const Descriptor config = store.add(kOciConfig, text);
  const Descriptor manifest = add_manifest(store, config, {});
  Configs configs(store);
  (void)configs.of(Manifest::parse(store.blobs.at(manifest.digest)));
}

}  // namespace

void fuzz(ByteView input) {
  const std::string text(as_text(input));
  const Digest anything = Digest::of(input);
  (void)attempt([&] { read_as_manifest(text); });
  (void)attempt([&] { read_as_index(text); });
  (void)attempt([&] { read_as_config(text); });
  (void)attempt([&] { (void)find_layer(text, anything); });
}

}  // namespace imgcrypt::test
