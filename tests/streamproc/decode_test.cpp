#include "streamproc/decode.hpp"

#include "base/process/pipe.hpp"
#include "base/stream/fd_stream.hpp"
#include "support/encrypted_layer.hpp"
#include "support/redirected.hpp"
#include "support/store_folder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

namespace imgcrypt::streamproc {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::size_t kMostOutput = std::size_t{1} << 20U;

struct Outcome {
  std::string output;
  std::string error;  // "CODE MESSAGE; HINT", empty after success
};

// With the descriptors that containerd gives: the layer on stdin, no payload. The output fits into a pipe.
Outcome decode(const std::string& blob, const Options& options,
               const Fd& payload_pipe = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC))) {
  Pipe output = make_pipe();
  Outcome outcome;
  {
    const Redirected input(STDIN_FILENO, open_regular_file(blob).get());
    const Redirected out(STDOUT_FILENO, output.write_end.get());
    const Redirected payload(3, payload_pipe.get());
    try {
      decode_layer(options);
    } catch (const Error& error) {
      outcome.error =
          std::to_string(static_cast<int>(error.code())) + " " + error.message() + "; " + error.hint();
    }
  }
  output.write_end.reset();
  outcome.output = as_text(read_all(output.read_end.get(), kMostOutput, "pipe"));
  return outcome;
}

class DecodeLayer : public testing::Test {
 protected:
  DecodeLayer() {
    blob_ = folder_.add(layer_.bytes);
    scratch_.write("keys/key", as_text(key_.to_pem(nullptr).expose()));
    options_.keys = scratch_.path() / "keys";
    options_.content_roots = {folder_.root()};
    options_.spool = scratch_.path();
  }

  // Another layer under the same key, with its manifest: as far as the plaintexts agree, so do the blobs.
  [[nodiscard]] std::string add_twin(const std::string& plain) const {
    MemorySource source(to_bytes(as_bytes(plain)));
    EncryptingSource encrypting(source, layer_.options);
    const Bytes bytes = pump_all(encrypting);
    Descriptor descriptor = layer_.descriptor;
    descriptor.digest = Digest::of(bytes);
    descriptor.size = bytes.size();
    set_public_options(descriptor.annotations, encrypting.public_options());
    folder_.add_manifest({descriptor});
    return folder_.add(as_text(bytes));
  }

  [[nodiscard]] Outcome run() const { return decode(blob_, options_); }
  [[nodiscard]] std::string place() const { return "layer " + layer_.descriptor.digest.string() + ": "; }

  StoreFolder folder_;
  ScratchFolder scratch_;
  PrivateKey key_ = PrivateKey::generate_ec("P-256");
  EncryptedLayer layer_ = encrypt_layer("plaintext of the layer", {key_});
  std::string blob_;
  Options options_;
};

TEST_F(DecodeLayer, WritesThePlaintext) {
  folder_.add_manifest({layer_.descriptor});
  for (const bool is_streaming : {false, true}) {
    options_.is_streaming = is_streaming;
    const Outcome outcome = run();
    EXPECT_EQ(outcome.output, "plaintext of the layer");
    EXPECT_EQ(outcome.error, "");
  }
}

// Whichever the store lists first.
TEST_F(DecodeLayer, IsTheOneOnStdinHoweverManyBeginLikeIt) {
  const std::string start(200'000, 'x');
  const auto outside = scratch_.path() / "outside";  // what stdin is called tells nothing
  std::vector<std::string> blobs;
  for (char end = 'a'; end < 'h'; ++end) blobs.push_back(add_twin(start + end));
  blobs.push_back(add_twin(start + "longer"));
  for (const bool is_streaming : {false, true}) {
    options_.is_streaming = is_streaming;
    for (std::size_t i = 0; i < blobs.size(); ++i) {
      std::filesystem::copy_file(blobs[i], outside, std::filesystem::copy_options::overwrite_existing);
      const Outcome outcome = decode(outside, options_);
      EXPECT_EQ(outcome.error, "");
      EXPECT_EQ(outcome.output.substr(start.size()),
                i < 7 ? std::string(1, static_cast<char>('a' + i)) : "longer");
    }
  }
}

TEST_F(DecodeLayer, IsNotOneThatOnlyBeginsLikeWhatIsOnStdin) {
  const std::string start(200'000, 'x');
  const std::string blob = add_twin(start + "a");
  (void)add_twin(start + "b");
  std::filesystem::rename(blob, scratch_.path() / "elsewhere");
  const Outcome outcome = decode(scratch_.path() / "elsewhere", options_);
  EXPECT_THAT(outcome.error,
              StartsWith("2 no readable payload on file descriptor 3, and the layer is not among the files"));
  EXPECT_EQ(outcome.output, "");
}

TEST_F(DecodeLayer, IsTheFileOnStdin) {
  const std::string start(200'000, 'x');
  (void)add_twin(start + "a");
  const std::string blob = add_twin(start + "b");
  (void)add_twin(start + "c");
  const Outcome outcome = decode(blob, options_);
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.output, start + "b");
}

TEST_F(DecodeLayer, NeedsToKnowTheLayer) {
  options_.content_roots = {"/nothing/here"};
  const Outcome outcome = run();
  EXPECT_EQ(outcome.error,
            "2 no readable payload on file descriptor 3, and the layer is not among the files that the "
            "parent process has open, nor in "
            "/nothing/here; name containerd's content store with --content-root");
  EXPECT_EQ(outcome.output, "");
}

// Page faults of children count when they are reaped.
TEST_F(DecodeLayer, StartsNoProcessForAPayloadThatNamesNoProvider) {
  folder_.add_manifest({layer_.descriptor});
  Pipe payload = make_pipe();
  payload.write_end.reset();
  rusage before = {};
  rusage after = {};
  ::getrusage(RUSAGE_CHILDREN, &before);
  EXPECT_EQ(decode(blob_, options_, payload.read_end).output, "plaintext of the layer");
  ::getrusage(RUSAGE_CHILDREN, &after);
  EXPECT_EQ(after.ru_minflt, before.ru_minflt);
}

TEST_F(DecodeLayer, NeedsAManifest) {
  const Outcome outcome = run();
  EXPECT_THAT(outcome.error, StartsWith("2 " + place() + "no manifest in " + folder_.root().string()));
  EXPECT_EQ(outcome.output, "");
}

TEST_F(DecodeLayer, NeedsAKey) {
  folder_.add_manifest({layer_.descriptor});
  options_.keys = "/no/keys";
  const Outcome outcome = run();
  EXPECT_THAT(outcome.error, StartsWith("6 " + place() + "no key opens it: wrapped for "));
  EXPECT_THAT(outcome.error, HasSubstr("; no keys: /no/keys does not exist; put the private key"));
  EXPECT_EQ(outcome.output, "");
}

TEST_F(DecodeLayer, SaysThatTheLayerIsDamaged) {
  folder_.add_manifest({forged(layer_, 1)});
  const std::string damaged = "7 " + place() +
                              "layer authentication failed; it was damaged or changed: remove the image and "
                              "pull it again";
  for (const bool is_streaming : {false, true}) {
    options_.is_streaming = is_streaming;
    const Outcome outcome = run();
    EXPECT_EQ(outcome.error, damaged);
    EXPECT_EQ(outcome.output, "");
  }
}

TEST_F(DecodeLayer, ReadsTheKeyProvidersConfigurationWhenNoFileOpensTheLayer) {
  options_.provider_config = scratch_.write("providers.json", "nonsense");
  folder_.add_manifest({layer_.descriptor});
  EXPECT_EQ(run().error, "");
  Descriptor descriptor = layer_.descriptor;
  descriptor.annotations.erase("org.opencontainers.image.enc.keys.jwe");
  descriptor.annotations["org.opencontainers.image.enc.keys.provider.demo"] = "eA==";
  folder_.add_manifest({descriptor});
  std::filesystem::remove(folder_.path(Digest::of(as_bytes(manifest_of({layer_.descriptor})))));
  EXPECT_THAT(run().error, HasSubstr("providers.json"));
}

}  // namespace
}  // namespace imgcrypt::streamproc
