// An image put together from a fuzzer's input: manifests and nested indexes, the same blobs and documents
// again and again, tiny layers, odd types, annotations and members.
#pragma once

#include "base/text/encoding.hpp"
#include "support/image_builder.hpp"

#include <fuzzer/FuzzedDataProvider.h>

#include <string>
#include <vector>

namespace imgcrypt::test {

class MadeImage {
 public:
  // Puts it into `store`, as its root.
  MadeImage(ByteView input, MemoryStore& store) : choices_(input.data(), input.size()), store_(store) {
    std::vector<Json> documents;
    do {
      documents.push_back(documents.empty() || choices_.ConsumeBool() ? manifest() : index(documents));
    } while (documents.size() < kMostDocuments && choices_.ConsumeBool());
    const Json& root = documents.back();
    make_root(store_, {root.at("mediaType").get<std::string>(),
                       Digest::parse(root.at("digest").get<std::string>()),
                       root.at("size").get<std::uint64_t>(),
                       {},
                       std::nullopt,
                       false,
                       false});
  }

  // False if check finds fault with the image whatever encrypting does: a document names one that is not
  // there, an index lists a layer, a config says nothing of its layers or counts what is never encrypted.
  [[nodiscard]] bool is_ordinary() const { return is_ordinary_; }
  // False if encrypting changes what decrypting cannot give back: Docker's types, which become OCI's, and
  // embedded content, which is removed.
  [[nodiscard]] bool can_come_back() const { return can_come_back_; }

 private:
  static constexpr std::size_t kMostDocuments = 6;

  // One of few, so that blobs and documents are often equal.
  template <typename T>
  T pick(std::initializer_list<T> values) {
    return *(values.begin() + choices_.ConsumeIntegralInRange<std::size_t>(0, values.size() - 1));
  }

  std::string pick_type(std::initializer_list<const char*> types) {
    std::string type = pick(types);
    if (type.find("docker") != std::string::npos) can_come_back_ = false;
    return type;
  }

  bool rarely() { return choices_.ConsumeIntegralInRange(0, 15) == 15; }

  Json described(const std::string& type, const std::string& content) {
    Json descriptor = to_json(store_.add(type, content));
    if (rarely())
      descriptor["annotations"] = pick<Json>({nullptr, Json::object(), {{"a", "b"}}, {{"", "\u007f"}}});
    if (rarely()) descriptor["x"] = pick<Json>({nullptr, {{"annotations", 1}}, "\\\"", 1e300});
    return descriptor;
  }

  std::string text(const Json& document) { return document.dump(pick({-1, 2})) + pick({"", "\n"}); }

  Json layer() {
    const std::string type = pick_type(
        {kTar, "application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.oci.image.layer.v1.tar+zstd",
         "application/vnd.oci.image.layer.nondistributable.v1.tar",
         "application/vnd.docker.image.rootfs.diff.tar.gzip",
         "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", kInToto, "text/plain", ""});
    const std::size_t size = pick<std::size_t>({0, 1, 1, 2, 16, 100});
    const std::string content(size, choices_.ConsumeBool() ? 'a' : 'b');
    Json descriptor = described(type, content);
    if (rarely()) descriptor["urls"] = {"https://example.com/layer"};
    if (rarely()) {
      descriptor["data"] = encode_base64(as_bytes(content), Base64::kStandard);
      can_come_back_ = false;
    }
    return descriptor;
  }

  Json config(const std::vector<Json>& layers) {
    Json diff_ids = Json::array();
    for (const Json& layer : layers) {
      const bool is_layer = layer.value("mediaType", "").find("image") != std::string::npos;
      const bool is_counted = is_layer || rarely();
      if (is_counted) diff_ids.push_back(layer.at("digest"));
      if (is_counted && !is_layer) is_ordinary_ = false;
    }
    Json config = {{"os", "linux"}, {"architecture", pick({"amd64", "arm64"})}};
    if (rarely()) {
      is_ordinary_ = false;
    } else {
      config["rootfs"] = {{"type", "layers"}, {"diff_ids", diff_ids}};
    }
    return described(pick_type({kOciConfig, kOciConfig, kDockerConfig, "application/vnd.unknown.config"}),
                     text(config));
  }

  Json manifest() {
    std::vector<Json> layers;
    while (layers.size() < 6 && choices_.ConsumeIntegralInRange(0, 3) > 0) layers.push_back(layer());
    const std::string type =
        pick_type({kOciManifest.data(), kOciManifest.data(), kOciManifest.data(), kDockerManifest});
    return document(type, {{"config", config(layers)}, {"layers", layers}});
  }

  // Mostly of documents that there are, under their own type or another.
  Json index(const std::vector<Json>& documents) {
    Json children = Json::array();
    while (children.size() < 6 && choices_.ConsumeIntegralInRange(0, 3) > 0) {
      Json child = documents.at(choices_.ConsumeIntegralInRange<std::size_t>(0, documents.size() - 1));
      if (rarely()) {
        child["mediaType"] = pick({"text/plain", kTar, ""});
        if (child["mediaType"] == kTar) is_ordinary_ = false;
      }
      if (rarely()) {
        child["digest"] = Digest::of(as_bytes("not there")).string();
        is_ordinary_ = false;
      }
      if (choices_.ConsumeBool())
        child["platform"] = {{"os", "linux"}, {"architecture", pick({"amd64", "arm64"})}};
      children.push_back(child);
    }
    return document(pick_type({kOciIndex.data(), kOciIndex.data(), kDockerList}), {{"manifests", children}});
  }

  Json document(const std::string& type, Json members) {
    members["schemaVersion"] = 2;
    if (choices_.ConsumeBool()) members["mediaType"] = type;
    if (rarely()) members["annotations"] = pick<Json>({nullptr, Json::object(), {{"a", "b"}}});
    return described(type, text(members));
  }

  FuzzedDataProvider choices_;
  MemoryStore& store_;
  bool is_ordinary_ = true;
  bool can_come_back_ = true;
};

}  // namespace imgcrypt::test
