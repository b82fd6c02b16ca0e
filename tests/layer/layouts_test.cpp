// Every layer of every image that peers encrypted, opened with each of its keys.
#include "keys/certificate.hpp"
#include "keys/key_file.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/unwrap_private_options.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/manifest.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

const std::set<std::string> kReadable = {
    "RSA-OAEP-256", "ECDH-ES+A128KW", "later PEM block", "text before PEM", "JWK", "DER"};

std::string read_blob(const Table& image, const Digest& digest) {
  return read_vector(text(image, "path") + "/blobs/" + digest.algorithm_name() + "/" + digest.hex());
}

std::vector<Manifest> manifests_of(const Table& image) {
  std::string root = read_blob(image, Digest::parse(text(image, "root")));
  std::vector<Manifest> manifests;
  if (image.at("root_media_type") != "application/vnd.oci.image.index.v1+json") {
    manifests.push_back(Manifest::parse(std::move(root)));
    return manifests;
  }
  const Index index = Index::parse(std::move(root));
  for (const Descriptor& manifest : index.manifests()) {
    manifests.push_back(Manifest::parse(read_blob(image, manifest.digest)));
  }
  return manifests;
}

enum class Certificates { kGiven, kAbsent };

KeyUnwrappers unwrappers(const Table& key, Certificates given) {
  const std::string file = read_vector(text(key, "key"));
  const bool has_passphrase = !key.at("passphrase").is_null();
  const SecretBytes passphrase = secret(has_passphrase ? text(key, "passphrase") : "");
  std::vector<Certificate> certificates;
  if (given == Certificates::kGiven && key.contains("certificate")) {
    certificates.push_back(Certificate::parse(as_bytes(read_vector(text(key, "certificate")))));
  }
  KeyUnwrappers list;
  list.push_back(std::make_unique<PrivateKeyUnwrapper>(
      text(key, "key"), parse_private_key(as_bytes(file), has_passphrase ? &passphrase : nullptr),
      std::move(certificates)));
  return list;
}

Digest decrypted_digest(const Table& image, const Descriptor& layer, const KeyUnwrappers& keys) {
  const std::string blob = read_blob(image, layer.digest);
  const PrivateOptions options = unwrap_private_options(layer.annotations, keys);
  MemorySource cipher(to_bytes(as_bytes(blob)));
  DecryptingSource plain(cipher, options, layer_hmac(options, public_options_of(layer.annotations)));
  return Digest::of(read_all(plain, blob.size(), "layer"));
}

template <typename Visit>
void for_each_layer(const char* keys, Visit visit) {
  for (const auto& image : load_table("layouts.json")) {
    if (!needs_only(image, kReadable)) continue;
    const auto manifests = manifests_of(image);
    for (const auto& key : image.at(keys)) {
      if (!needs_only(key, kReadable)) continue;
      for (std::size_t i = 0; i < manifests.size(); ++i) {
        const auto& layers = manifests[i].layers();
        for (std::size_t j = 0; j < layers.size(); ++j) {
          if (!has_encryption_annotations(layers[j].annotations)) continue;
          SCOPED_TRACE(text(image, "name") + " " + text(key, "key"));
          visit(image, layers[j], key, image.at("manifests").at(i).at("layers").at(j));
        }
      }
    }
  }
}

TEST(Layouts, AreDecryptedToWhatPeersEncrypted) {
  std::size_t decrypted = 0;
  for_each_layer(
      "opens", [&](const Table& image, const Descriptor& layer, const Table& key, const Table& row) {
        for (const Certificates given : {Certificates::kGiven, Certificates::kAbsent}) {
          EXPECT_EQ(decrypted_digest(image, layer, unwrappers(key, given)).string(), text(row, "plaintext"));
        }
        ++decrypted;
      });
  EXPECT_GE(decrypted, 60U);
}

TEST(Layouts, AreNotOpenedByOtherKeys) {
  for_each_layer(
      "opens_not", [](const Table& image, const Descriptor& layer, const Table& key, const Table&) {
        for (const Certificates given : {Certificates::kGiven, Certificates::kAbsent}) {
          EXPECT_EQ(error_of([&] { (void)decrypted_digest(image, layer, unwrappers(key, given)); }),
                    ErrorCode::kNoKey);
        }
      });
}

}  // namespace
}  // namespace imgcrypt
