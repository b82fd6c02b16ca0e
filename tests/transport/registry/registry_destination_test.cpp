#include "transport/registry/registry_destination.hpp"

#include "support/http_server.hpp"
#include "support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace imgcrypt {
namespace {

using namespace test;

using testing::HasSubstr;

constexpr std::size_t kChunk = std::size_t{8} * 1024 * 1024;

const std::string kBlob = [] {
  std::string text;
  for (int i = 0; text.size() < 2 * kChunk + 12'345; ++i) text += std::to_string(i) + "\n";
  return text;
}();

// What a registry keeps of one upload; faults are set by the tests.
struct Uploads {
  std::string bytes;
  bool is_open = false;
  std::string stored;  // what the PUT brought to an end
  int patches = 0;
  std::string tag_digest;  // what the tag leads to; empty: nothing
  std::string tagged;      // the manifest that was put under the tag

  // What becomes of the given PATCH (from 1) instead of the usual; empty: the usual.
  std::function<std::string(int patch, const ServerRequest& request)> fault = [](int, const ServerRequest&) {
    return std::string();
  };

  [[nodiscard]] std::string accepted() const {
    const std::string last = std::to_string(bytes.empty() ? 0 : bytes.size() - 1);
    return answer(202, {"Location: /up/" + std::to_string(patches), "Range: 0-" + last});
  }

  std::string operator()(const ServerRequest& request) {
    if (request.target == "/v2/") return answer(200);
    if (request.target.find("/manifests/") != std::string::npos) return manifest(request);
    if (request.method == "POST") {
      is_open = true;
      bytes.clear();
      return answer(202, {"Location: /up/first"});
    }
    if (request.target.starts_with("/up/")) return upload(request);
    return answer(404);
  }

  std::string upload(const ServerRequest& request) {
    if (request.method == "DELETE") is_open = false;
    if (!is_open) return answer(request.method == "DELETE" ? 204 : 404);
    if (request.method == "GET")
      return answer(
          204, {"Location: /up/again", "Range: 0-" + std::to_string(bytes.empty() ? 0 : bytes.size() - 1)});
    if (request.method == "PATCH") {
      ++patches;
      if (std::string other = fault(patches, request); !other.empty()) return other == "broken" ? "" : other;
      if (request.header("content-range").find(std::to_string(bytes.size()) + "-") != 0) return answer(416);
      bytes += request.body;
      return accepted();
    }
    stored = bytes + request.body;
    is_open = false;
    return answer(201);
  }

  std::string manifest(const ServerRequest& request) {
    const bool is_tag = request.target.ends_with("/t");
    if (request.method == "PUT") {
      if (is_tag) tagged = request.body;
      return answer(201);
    }
    if (!is_tag || tag_digest.empty()) return answer(404);
    return "HTTP/1.1 200 X\r\nConnection: close\r\nDocker-Content-Digest: " + tag_digest + "\r\n\r\n";
  }
};

class RegistryDestinationTest : public testing::Test {
 protected:
  std::unique_ptr<RegistryDestination> open_destination(std::optional<Digest> replaced = std::nullopt) {
    RegistryOptions options;
    options.retries = 1;
    const RegistryReference name{server_.host(), "x", "t"};
    auto client =
        std::make_unique<RegistryClient>(name, options, std::set<std::string>{"repository:x:pull,push"});
    return std::make_unique<RegistryDestination>(
        std::move(client),
        RegistryTarget{name, std::nullopt, replaced, std::filesystem::path(folder_.path())});
  }

  // Of the blob as a layer whose digest is known only at its end, or from the beginning.
  Digest put(const std::string& blob, bool is_known = false) {
    const auto destination = open_destination();
    MemorySource content(to_bytes(as_bytes(blob)));
    const Digest digest = Digest::of(as_bytes(blob));
    const Digest found = destination->put_blob(
        {.media_type = "x/y", .size = blob.size(), .digest = is_known ? std::optional(digest) : std::nullopt},
        content);
    EXPECT_EQ(found, digest);
    return found;
  }

  ErrorCode failure() {
    try {
      (void)put(kBlob);
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "it did not fail";
    return ErrorCode::kOther;
  }

  Uploads uploads_;
  ScratchFolder folder_;
  HttpServer server_{[this](const ServerRequest& request) { return uploads_(request); }};
};

TEST_F(RegistryDestinationTest, PutsSmallBlobsInOneRequest) {
  (void)put("small");
  EXPECT_EQ(uploads_.stored, "small");
  EXPECT_EQ(uploads_.patches, 0);
  (void)put("");
  EXPECT_EQ(uploads_.stored, "");
}

TEST_F(RegistryDestinationTest, PutsLargeBlobsInChunks) {
  (void)put(kBlob);
  EXPECT_EQ(uploads_.stored, kBlob);
  EXPECT_EQ(uploads_.patches, 3);
  (void)put(kBlob, true);
  EXPECT_EQ(uploads_.stored, kBlob);
}

TEST_F(RegistryDestinationTest, GoesOnWhereTheRegistryIs) {
  uploads_.fault = [this](int patch, const ServerRequest& request) -> std::string {
    if (patch == 1) {  // took a part, and says so
      uploads_.bytes += request.body.substr(0, 5'000'000);
      return uploads_.accepted();
    }
    if (patch == 2) {  // took a part, and broke off
      uploads_.bytes += request.body.substr(0, 3'000'001);
      return "broken";
    }
    return patch == 4 ? answer(416) : patch == 6 ? answer(503, {"Retry-After: 0"}) : "";
  };
  (void)put(kBlob);
  EXPECT_EQ(uploads_.stored, kBlob);
}

TEST_F(RegistryDestinationTest, TellsThatAnUploadIsLost) {
  uploads_.fault = [this](int patch, const ServerRequest&) -> std::string {
    if (patch == 2) uploads_.is_open = false;
    return patch == 2 ? answer(404) : "";
  };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
}

TEST_F(RegistryDestinationTest, DoesNotBelieveWhatWasNotSent) {
  uploads_.fault = [](int, const ServerRequest&) { return answer(202, {"Range: 0-99999999"}); };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
  EXPECT_FALSE(uploads_.is_open);
}

TEST_F(RegistryDestinationTest, DoesNotTakeBackWhatWasAcknowledged) {
  uploads_.fault = [](int patch, const ServerRequest&) {
    return patch == 2 ? answer(202, {"Range: 0-5"}) : "";
  };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
}

TEST_F(RegistryDestinationTest, GivesUpOnARegistryThatTakesNothing) {
  uploads_.fault = [](int, const ServerRequest&) { return answer(202, {"Range: 0-0"}); };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
  EXPECT_FALSE(uploads_.is_open);
}

TEST_F(RegistryDestinationTest, PutsAtOnceWhereChunksAreRefused) {
  uploads_.fault = [](int, const ServerRequest&) { return answer(405); };
  for (const bool is_known : {true, false}) {
    uploads_.stored.clear();
    (void)put(kBlob, is_known);
    EXPECT_EQ(uploads_.stored, kBlob);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(RegistryDestinationTest, DeletesSessionsOnAbort) {
  uploads_.fault = [](int, const ServerRequest&) { return answer(400); };
  EXPECT_EQ(failure(), ErrorCode::kRegistry);
  EXPECT_FALSE(uploads_.is_open);
  open_destination()->check();
  EXPECT_FALSE(uploads_.is_open);
  EXPECT_EQ(server_.requests().back().substr(0, 7), "DELETE ");
}

TEST_F(RegistryDestinationTest, RefusesContentOfAnotherSize) {
  for (const std::size_t size : {std::size_t{4}, std::size_t{6}}) {
    MemorySource content(to_bytes(as_bytes("small")));
    EXPECT_THROW(open_destination()->put_blob({.media_type = "x/y", .size = size}, content), Error);
  }
  EXPECT_FALSE(uploads_.is_open);
}

TEST_F(RegistryDestinationTest, PutsTheRootOnceAndByTag) {
  const std::string text = R"({"schemaVersion":2})";
  const Descriptor root{
      "application/vnd.oci.image.manifest.v1+json", Digest::of(as_bytes(text)), text.size(), {}, {}};
  const auto destination = open_destination();
  destination->put_document(root, text);
  EXPECT_EQ(uploads_.tagged, "");
  EXPECT_EQ(destination->commit({root, {}}), std::nullopt);
  EXPECT_EQ(uploads_.tagged, text);
  EXPECT_EQ(
      std::ranges::count_if(server_.requests(), [](const std::string& r) { return r.starts_with("PUT "); }),
      1);
}

TEST_F(RegistryDestinationTest, TellsWhatTheTagLedTo) {
  const std::string text = R"({"schemaVersion":2})";
  const Descriptor root{
      "application/vnd.oci.image.manifest.v1+json", Digest::of(as_bytes(text)), text.size(), {}, {}};
  const Digest old = Digest::of(as_bytes("old"));
  uploads_.tag_digest = old.string();
  const auto destination = open_destination(old);
  destination->check();
  destination->put_document(root, text);
  EXPECT_EQ(destination->commit({root, {}}), old);
  EXPECT_EQ(uploads_.tagged, text);
}

TEST_F(RegistryDestinationTest, LeavesATagThatSomebodyMoved) {
  const std::string text = R"({"schemaVersion":2})";
  const Descriptor root{
      "application/vnd.oci.image.manifest.v1+json", Digest::of(as_bytes(text)), text.size(), {}, {}};
  const Digest old = Digest::of(as_bytes("old"));
  uploads_.tag_digest = old.string();
  const auto destination = open_destination(old);
  destination->check();
  destination->put_document(root, text);
  uploads_.tag_digest = Digest::of(as_bytes("newer")).string();
  try {
    (void)destination->commit({root, {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kOther);
    EXPECT_THAT(error.message(), HasSubstr(uploads_.tag_digest));
  }
  EXPECT_EQ(uploads_.tagged, "");
}

}  // namespace
}  // namespace imgcrypt
