// Images of gzip layers that are encrypted for one key and altered, and what decrypting makes of them.
#pragma once

#include "image/decrypt.hpp"
#include "image/encrypt.hpp"
#include "keywrap/jwe/jwe.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "layer/encrypting_source.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"
#include "support/memory_store.hpp"
#include "support/reporter.hpp"
#include "support/run_program.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {

inline constexpr const char* kGzipLayer = "application/vnd.oci.image.layer.v1.tar+gzip";

inline std::string json_of(const Descriptor& blob) {
  nlohmann::json json = {
      {"mediaType", blob.media_type}, {"digest", blob.digest.string()}, {"size", blob.size}};
  if (!blob.annotations.empty()) json["annotations"] = blob.annotations;
  return json.dump();
}

class Decrypted : public testing::Test {
 protected:
  Decrypted() {
    wrappers_.push_back(std::make_unique<JweWrapper>(PublicJwk{key_.public_key(), {}, {}, {}}));
    unwrappers_.push_back(std::make_unique<PrivateKeyUnwrapper>("key", key_));
  }

  // Commits an image whose layers hold these texts.
  void build(const std::vector<std::string>& texts, const std::string& compress = "gzip -n -c") {
    std::vector<Descriptor> layers;
    std::vector<std::string> diff_ids;
    for (const std::string& text : texts) {
      layers.push_back(plain_.add(kGzipLayer, std::string(as_text(run_program(compress, text)))));
      diff_ids.push_back(Digest::of(as_bytes(text)).string());
    }
    commit(plain_, config(plain_, diff_ids), layers, {});
  }

  static Descriptor config(MemoryStore& store, const std::vector<std::string>& diff_ids) {
    const nlohmann::json json = {{"rootfs", {{"type", "layers"}, {"diff_ids", diff_ids}}}};
    return store.add("application/vnd.oci.image.config.v1+json", json.dump());
  }

  static void commit(MemoryStore& store, const Descriptor& config, const std::vector<Descriptor>& layers,
                     const Annotations& annotations) {
    std::string list;
    for (const Descriptor& layer : layers) list += (list.empty() ? "" : ",") + json_of(layer);
    const std::string text =
        R"({"schemaVersion":2,"mediaType":")" + std::string(kOciManifest) + R"(","config":)" +
        json_of(config) + R"(,"layers":[)" + list + "]" +
        (annotations.empty() ? "" : ",\"annotations\":" + nlohmann::json(annotations).dump()) + "}";
    store.commit({store.add(std::string(kOciManifest), text), {}});
  }

  void encrypt() { encrypt_image(plain_, encrypted_, wrappers_, {}, reporter_); }

  [[nodiscard]] static Manifest manifest_of(MemoryStore& store) {
    return Manifest::parse(store.blobs.at(store.root().descriptor.digest));
  }

  DecryptResult decrypt(const DecryptOptions& options = {}) {
    back_.emplace();
    return decrypt_image(encrypted_, *back_, unwrappers_, options, reporter_);
  }

  // The error that decrypting ends with; nothing was committed then.
  Error refusal(const DecryptOptions& options = {}) {
    Error error = failure([&] { (void)decrypt(options); });
    EXPECT_THROW((void)back_->root(), std::bad_optional_access);
    return error;
  }

  // A layer for the same key, whose writer says what it was before.
  Descriptor encrypted_layer(const std::string& content, const Digest& source) {
    const PrivateOptions options = PrivateOptions::generate(source);
    MemorySource plaintext(to_bytes(as_bytes(content)));
    EncryptingSource ciphertext(plaintext, options);
    const Bytes bytes = pump_all(ciphertext);
    Descriptor layer = encrypted_.add(encrypted_type(kGzipLayer), std::string(as_text(bytes)));
    layer.annotations = wrap_private_options(options, wrappers_);
    set_public_options(layer.annotations, ciphertext.public_options());
    return layer;
  }

  PrivateKey key_ = PrivateKey::generate_ec("P-256");
  KeyWrappers wrappers_;
  KeyUnwrappers unwrappers_;
  MemoryStore plain_;
  MemoryStore encrypted_;
  std::optional<MemoryStore> back_;
  KeepingReporter reporter_;
};

}  // namespace imgcrypt::test
