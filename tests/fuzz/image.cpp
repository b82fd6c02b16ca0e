// Whole images, put together from the input: encrypting leaves no layer plain that it should encrypt and no
// plain blob in the store, check finds nothing wrong with the result, and decrypting gives back every byte.
#include "fuzz/fuzz.hpp"
#include "fuzz/made_image.hpp"
#include "image/check.hpp"
#include "image/encrypt.hpp"
#include "image/inspect.hpp"
#include "keys/key_file.hpp"
#include "support/party.hpp"
#include "support/vectors.hpp"

namespace imgcrypt::test {
namespace {

const PrivateKey& key() {
  static const PrivateKey key = parse_private_key(as_bytes(read_vector("keys/p256.pem")), nullptr);
  return key;
}

KeyWrappers wrappers() {
  KeyWrappers wrappers;
  wrappers.push_back(std::make_unique<JweWrapper>(PublicJwk{key().public_key(), {}, {}, {}}));
  return wrappers;
}

KeyUnwrappers unwrappers() {
  KeyUnwrappers unwrappers;
  unwrappers.push_back(std::make_unique<PrivateKeyUnwrapper>("key", key()));
  return unwrappers;
}

std::string printed(const MemoryStore& store) {
  std::string all = "root " + store.root().descriptor.digest.string() + "\n";
  for (const auto& [digest, content] : store.blobs) all += digest.string() + " " + content + "\n";
  return all;
}

// What an image consists of, read without the code under test.
struct Contents {
  std::set<Digest> blobs;            // documents, configs and layers that the store has
  std::set<Digest> secrets;          // layers that encrypting is to hide
  std::set<Digest> others;           // everything that is listed as something else
  bool has_embedded_layers = false;  // encrypted ones, which embedded content would give away
  bool has_foreign_layers = false;
};

class Reader {
 public:
  explicit Reader(const MemoryStore& store) : store_(store) { read(to_json(store.root().descriptor)); }
  [[nodiscard]] const Contents& contents() const { return contents_; }

 private:
  void read(const Json& descriptor) {
    const Digest digest = note(descriptor, contents_.others);
    const std::string type = descriptor.value("mediaType", "");
    if (!store_.blobs.contains(digest) || !(is_manifest(type) || is_index(type))) return;
    const Json document = Json::parse(store_.blobs.at(digest));
    if (is_index(type)) {
      for (const Json& child : document.at("manifests")) read(child);
      return;
    }
    (void)note(document.at("config"), contents_.others);
    for (const Json& layer : document.at("layers")) {
      (void)note(layer, is_secret(layer) ? contents_.secrets : contents_.others);
      if (is_foreign(layer)) contents_.has_foreign_layers = true;
      if (is_encrypted(layer.value("mediaType", "")) && layer.contains("data"))
        contents_.has_embedded_layers = true;
    }
  }

  static bool is_secret(const Json& layer) {
    const std::string type = layer.value("mediaType", "");
    const bool is_plain =
        type.find("encrypted") == std::string::npos &&
        (type.find(".image.layer.") != std::string::npos || type.find(".image.rootfs.") != std::string::npos);
    return is_plain && !is_foreign(layer);
  }

  // Stays plain, as everyone can fetch it.
  static bool is_foreign(const Json& layer) {
    const std::string type = layer.value("mediaType", "");
    const bool may_be_elsewhere =
        type.find("nondistributable") != std::string::npos || type.find("foreign") != std::string::npos;
    return may_be_elsewhere && layer.contains("urls");
  }

  Digest note(const Json& descriptor, std::set<Digest>& kind) {
    const Digest digest = Digest::parse(descriptor.at("digest").get<std::string>());
    kind.insert(digest);
    if (store_.blobs.contains(digest)) contents_.blobs.insert(digest);
    return digest;
  }

  const MemoryStore& store_;
  Contents contents_;
};

void expect_encrypted(const MemoryStore& encrypted, const Contents& plain) {
  const Contents contents = Reader(encrypted).contents();
  expect(contents.secrets.empty(), "no plain layer in the encrypted image");
  expect(!contents.has_embedded_layers, "no content embedded with an encrypted layer");
  for (const Digest& secret : plain.secrets) {
    // An empty layer's ciphertext is empty as well.
    const bool may_stay = plain.others.contains(secret) || secret == Digest::of({});
    expect(may_stay || !encrypted.blobs.contains(secret), "no plain layer in the store");
  }
}

void expect_nothing_wrong(MemoryStore& encrypted, const Contents& plain) {
  const KeyUnwrappers keys = unwrappers();
  KeepingReporter reporter;
  const CheckResult result = must("the encrypted image can be checked", [&] {
    return check_image(encrypted, {.unwrappers = &keys, .depth = CheckDepth::kContent}, reporter);
  });
  result.for_each_problem(
      [](const Error& problem) { expect(false, "no problem: " + printable(problem.message())); });
  if (!plain.has_foreign_layers)
    must("the encrypted image passes as such", [&] { require_encrypted(result); });
}

void expect_back(MemoryStore& encrypted, const MemoryStore& plain, const Contents& contents, bool is_exact) {
  MemoryStore back;
  KeepingReporter reporter;
  const DecryptResult result = must("the encrypted image can be decrypted", [&] {
    return decrypt_image(encrypted, back, unwrappers(), {}, reporter);
  });
  story += "decrypted\n" + printed(back) + reporter.said;
  const bool is_same = back.root().descriptor.digest == plain.root().descriptor.digest;
  expect(is_same || !is_exact, "the image that was encrypted");
  expect(result.exactness == Exactness::kExact || !is_same, "called exact where it is the same");
  for (const Digest& secret : contents.secrets) expect(back.blobs.contains(secret), "each layer back");
  if (!is_same) return;
  for (const Digest& blob : contents.blobs) {
    expect(back.blobs.contains(blob), "each blob back");
    expect(back.blobs.at(blob) == plain.blobs.at(blob), "each blob as it was");
  }
}

}  // namespace

void fuzz(ByteView input) {
  MemoryStore plain;
  const MadeImage made(input, plain);
  story = printed(plain);
  (void)attempt([&] { return inspect_image(plain); });
  MemoryStore encrypted;
  KeepingReporter reporter;
  encrypt_image(plain, encrypted, wrappers(), {}, reporter);
  const Contents contents = Reader(plain).contents();
  expect_encrypted(encrypted, contents);
  (void)must("the encrypted image can be inspected", [&] { return inspect_image(encrypted); });
  if (made.is_ordinary()) expect_nothing_wrong(encrypted, contents);
  expect_back(encrypted, plain, contents, made.can_come_back());
}

}  // namespace imgcrypt::test
