// An image of any shape, by seed: platforms, layers, spacing, escapes, annotations, unknown members.
#pragma once

#include "base/text/encoding.hpp"
#include "oci/media_types.hpp"
#include "support/memory_store.hpp"

#include <array>
#include <random>
#include <string>

namespace imgcrypt::test {

class RandomImage {
 public:
  explicit RandomImage(unsigned seed) : random_(seed) {}

  void build(MemoryStore& store) {
    std::string manifests;
    for (unsigned i = 0, count = 1 + below(3); i < count; ++i) {
      manifests += (i == 0 ? "" : space() + ",") + space() + manifest(store, i);
    }
    const std::string text = "{" + space() + "\"schemaVersion\":2," + space() + "\"mediaType\":\"" +
                             std::string(kOciIndex) + "\"," + unknown() + "\"manifests\":" + space() + "[" +
                             manifests + space() + "]" + annotations(true) + space() + "}" + space();
    store.commit({store.add(std::string(kOciIndex), text), {}});
  }

 private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  std::string space() { return std::array<std::string, 4>{"", "", " ", "\n\t  "}.at(below(4)); }

  std::string unknown() {
    return std::array<std::string, 3>{"", R"("x-big":123456789012345678901234567890,)",
                                      R"("x":{"\u003ca>":[1e3,null,"\ud83d\ude00"]} ,)"}
        .at(below(3));
  }

  // To go after a member, or at the start of an object.
  std::string annotations(bool with_comma) {
    const std::string all =
        std::array<std::string, 5>{"", R"("annotations":{})", R"("annotations": { })",
                                   R"("annotations":null)",
                                   "\"annotations\" : {\"a\\/b\":\"\\u0041\",\n \"z\" : \"\"}"}
            .at(below(5));
    return all.empty() || !with_comma ? all : "," + space() + all;
  }

  std::string descriptor(const Descriptor& blob, const std::string& more) {
    return "{" + space() + R"("mediaType":")" + escaped(blob.media_type) + "\"," + space() + R"("digest":")" +
           escaped(blob.digest.string()) + R"(",)" + unknown() + R"("size":)" + space() +
           std::to_string(blob.size) + more + space() + "}";
  }

  // Writes a character as an escape now and then.
  std::string escaped(const std::string& text) {
    if (below(3) != 0) return text;
    std::string result;
    for (const char c : text) {
      result += below(6) != 0 ? std::string(1, c) : "\\u00" + encode_hex(as_bytes({&c, 1}));
    }
    return result;
  }

  std::string manifest(MemoryStore& store, unsigned number) {
    std::string layers;
    std::string diff_ids;
    for (unsigned i = 0, count = 1 + below(4); i < count; ++i) {
      const Descriptor layer = store.add(layer_type(), content());
      layers += (i == 0 ? "" : ",") + space() + descriptor(layer, annotations(true));
      // They are not compressed, whatever their type.
      diff_ids += (i == 0 ? "\"" : ",\"") + layer.digest.string() + "\"";
    }
    const Descriptor config =
        store.add("application/vnd.oci.image.config.v1+json",
                  "{\"n\":" + std::to_string(number) + R"(,"rootfs":{"diff_ids":[)" + diff_ids + "]}}");
    const std::string text = "{\"schemaVersion\":2," + space() + unknown() +
                             "\"config\":" + descriptor(config, "") + ",\"layers\":[" + layers + space() +
                             "]" + annotations(true) + space() + "}";
    const Descriptor blob = store.add(std::string(kOciManifest), text);
    return descriptor(blob,
                      R"(,"platform":{"architecture":"a)" + std::to_string(number) + R"(","os":"linux"})");
  }

  std::string layer_type() {
    return std::array<std::string, 4>{
        "application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip",
        "application/vnd.oci.image.layer.v1.tar+zstd", "application/vnd.in-toto+json"}
        .at(below(4));
  }

  std::string content() {
    std::string bytes(below(3) == 0 ? below(400'000) : below(40), '\0');
    for (char& c : bytes) c = static_cast<char>(random_());
    return bytes;
  }

  std::mt19937 random_;
};

}  // namespace imgcrypt::test
