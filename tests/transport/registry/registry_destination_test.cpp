#include "transport/registry/registry_destination.hpp"

#include "support/http_server.hpp"
#include "support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

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

// What a registry keeps of the last upload that was begun; faults are set by the tests.
struct Uploads {
  std::string bytes;
  std::string name;            // the first part of its path
  std::set<std::string> open;  // all that are neither finished nor deleted
  int count = 0;
  std::string stored;  // what the PUT brought to an end
  int patches = 0;
  int patches_of_this = 0;
  bool keeps_connections = false;
  std::string tag_digest;  // what the tag leads to; empty: nothing
  std::string tagged;      // the manifest that was put under the tag

  // What becomes of the given PATCH (from 1) instead of the usual; empty: the usual.
  std::function<std::string(int patch, const ServerRequest& request)> fault = [](int, const ServerRequest&) {
    return std::string();
  };
  // The same for the given PUT.
  std::function<std::string(int put, const ServerRequest& request)> fault_of_put =
      [](int, const ServerRequest&) { return std::string(); };
  int puts = 0;

  [[nodiscard]] std::string accepted() const {
    const std::string last = std::to_string(bytes.empty() ? 0 : bytes.size() - 1);
    return answer(202, {"Location: " + name + std::to_string(patches), "Range: 0-" + last});
  }

  std::string operator()(const ServerRequest& request) {
    std::string text = answered(request);
    return keeps_connections && !text.empty() ? keeping(std::move(text)) : text;
  }

  std::string answered(const ServerRequest& request) {
    if (request.target == "/v2/") return answer(200);
    if (request.target.find("/manifests/") != std::string::npos) return manifest(request);
    if (request.method == "POST") {
      name = "/up/" + std::to_string(++count) + "/";
      open.insert(name);
      bytes.clear();
      patches_of_this = 0;
      return answer(202, {"Location: " + name + "first"});
    }
    if (request.target.starts_with("/up/")) return upload(request);
    return answer(404);
  }

  std::string upload(const ServerRequest& request) {
    const std::string meant = request.target.substr(0, request.target.rfind('/') + 1);
    if (request.method == "DELETE") return answer(open.erase(meant) > 0 ? 204 : 404);
    if (meant != name || !open.contains(name)) return answer(404);
    if (request.method == "GET")
      return answer(204, {"Location: " + name + "again",
                          "Range: 0-" + std::to_string(bytes.empty() ? 0 : bytes.size() - 1)});
    if (request.method == "PATCH") {
      ++patches;
      ++patches_of_this;
      if (std::string other = fault(patches, request); !other.empty()) return other == "broken" ? "" : other;
      const std::string range = request.header("content-range");
      if (!range.empty() && range.find(std::to_string(bytes.size()) + "-") != 0) return answer(416);
      bytes += request.body;
      return accepted();
    }
    ++puts;
    if (std::string other = fault_of_put(puts, request); !other.empty())
      return other == "broken" ? "" : other;
    stored = bytes + request.body;
    open.erase(name);
    return answer(201);
  }

  std::string manifest(const ServerRequest& request) {
    const bool is_tag = request.target.ends_with("/t");
    if (request.method == "PUT") {
      if (is_tag) {
        tagged = request.body;
        tag_digest = Digest::of(as_bytes(tagged)).string();
      }
      return answer(201);
    }
    if (!is_tag || tag_digest.empty()) return answer(404);
    return "HTTP/1.1 200 X\r\nConnection: close\r\nDocker-Content-Digest: " + tag_digest + "\r\n\r\n";
  }
};

class RegistryDestinationTest : public testing::Test {
 protected:
  std::unique_ptr<RegistryDestination> open_destination(std::optional<Digest> replaced = std::nullopt,
                                                        std::optional<Digest> wanted = std::nullopt) {
    RegistryOptions options;
    options.retries = 1;
    const RegistryReference name{server_.host(), "x", wanted ? "" : "t", wanted};
    auto client =
        std::make_unique<RegistryClient>(name, options, std::set<std::string>{"repository:x:pull,push"});
    return std::make_unique<RegistryDestination>(
        std::move(client),
        RegistryTarget{name, std::nullopt, replaced, std::filesystem::path(folder_.path())});
  }

  // Of the blob as a layer whose digest is known only at its end, or from the beginning.
  Digest put(const std::string& blob, bool is_known = false) {
    return put(*open_destination(), blob, is_known);
  }

  static Digest put(RegistryDestination& destination, const std::string& blob, bool is_known = false) {
    MemorySource content(to_bytes(as_bytes(blob)));
    const Digest digest = Digest::of(as_bytes(blob));
    const Digest found = destination.put_blob(
        {.media_type = "x/y", .size = blob.size(), .digest = is_known ? std::optional(digest) : std::nullopt},
        content);
    EXPECT_EQ(found, digest);
    return found;
  }

  ErrorCode failure() { return failure(*open_destination()); }

  static ErrorCode failure(RegistryDestination& destination) {
    try {
      (void)put(destination, kBlob);
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "it did not fail";
    return ErrorCode::kOther;
  }

  // With the root put, in place of another image.
  std::unique_ptr<RegistryDestination> open_in_place() {
    uploads_.tag_digest = old_.string();
    auto destination = open_destination(old_);
    destination->check();
    destination->put_document(root_, text_);
    return destination;
  }

  Uploads uploads_;
  ScratchFolder folder_;
  const std::string text_ = R"({"schemaVersion":2})";
  const Descriptor root_{
      "application/vnd.oci.image.manifest.v1+json", Digest::of(as_bytes(text_)), text_.size(), {}, {}};
  const Digest old_ = Digest::of(as_bytes("old"));
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

// What is read, and waits to be sent or acknowledged, has not arrived.
TEST_F(RegistryDestinationTest, TellsWhatWasSentAndNotWhatWasRead) {
  for (const std::string_view form : {"chunks", "one PUT"}) {
    if (form == "one PUT") uploads_.fault = [](int, const ServerRequest&) { return answer(405); };
    const auto destination = open_destination();
    if (form == "one PUT") (void)failure(*destination);  // which finds it out
    for (const std::string& blob : {std::string("small"), kBlob}) {
      std::vector<std::uint64_t> told;
      MemorySource content(to_bytes(as_bytes(blob)));
      (void)destination->put_blob({.media_type = "x/y",
                                   .size = blob.size(),
                                   .on_sent = [&](std::uint64_t bytes) { told.push_back(bytes); }},
                                  content);
      EXPECT_EQ(uploads_.stored, blob);
      EXPECT_EQ(told.front(), 0U);
      EXPECT_TRUE(std::ranges::is_sorted(told)) << form;
      EXPECT_LT(told.back(), blob.size()) << form;
      EXPECT_GE(told.back() + kChunk, blob.size()) << form;
    }
  }
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
    if (patch == 2) uploads_.open.clear();
    return patch == 2 ? answer(404) : "";
  };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
}

TEST_F(RegistryDestinationTest, DoesNotBelieveWhatWasNotSent) {
  uploads_.fault = [](int, const ServerRequest&) { return answer(202, {"Range: 0-99999999"}); };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
  EXPECT_TRUE(uploads_.open.empty());
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
  EXPECT_TRUE(uploads_.open.empty());
}

// Connections are kept, so that libcurl might send what was cut a second time by itself, to the same upload.
TEST_F(RegistryDestinationTest, SendsSmallBlobsAgainWhereverTheyAreCut) {
  uploads_.keeps_connections = true;
  const std::string blob = "small";
  for (std::size_t cut = 0; cut <= blob.size(); ++cut) {
    uploads_.puts = 0;
    uploads_.stored.clear();
    uploads_.fault_of_put = [this, cut](int put, const ServerRequest& request) {
      if (put > 1) return "";
      uploads_.bytes += request.body.substr(0, cut);
      return "broken";
    };
    (void)put(blob, cut % 2 == 0);
    EXPECT_EQ(uploads_.stored, blob) << cut;
    EXPECT_TRUE(uploads_.open.empty());
  }
}

TEST_F(RegistryDestinationTest, PutsAtOnceWhereNoPatchIsTaken) {
  uploads_.fault = [](int, const ServerRequest&) { return answer(405); };
  (void)put(kBlob, true);
  EXPECT_EQ(uploads_.stored, kBlob);
  // Refused when it had been read, so that it is made anew.
  const auto destination = open_destination();
  EXPECT_EQ(failure(*destination), ErrorCode::kNetwork);
  uploads_.stored.clear();
  (void)put(*destination, kBlob);
  EXPECT_EQ(uploads_.stored, kBlob);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(RegistryDestinationTest, SendsOnePatchWhereRangesAreRefused) {
  uploads_.fault = [](int, const ServerRequest& request) {
    return request.header("content-range").empty() ? "" : answer(405);
  };
  const auto destination = open_destination();
  (void)put(*destination, kBlob);
  EXPECT_EQ(uploads_.stored, kBlob);
  EXPECT_EQ(uploads_.patches, 2);
  (void)put(*destination, kBlob);
  EXPECT_EQ(uploads_.stored, kBlob);
  EXPECT_EQ(uploads_.patches, 3);
}

TEST_F(RegistryDestinationTest, RemembersThatOnePatchIsTakenAndNoMore) {
  uploads_.fault = [this](int, const ServerRequest&) {
    return uploads_.patches_of_this > 1 ? answer(405) : "";
  };
  const auto destination = open_destination();
  EXPECT_EQ(failure(*destination), ErrorCode::kNetwork);
  for (const bool is_known : {true, false}) {
    uploads_.stored.clear();
    (void)put(*destination, kBlob, is_known);
    EXPECT_EQ(uploads_.stored, kBlob);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(RegistryDestinationTest, CannotSendOnePatchAgainFromTheMiddle) {
  uploads_.fault = [](int, const ServerRequest& request) -> std::string {
    return request.header("content-range").empty() ? "broken" : answer(405);
  };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
  EXPECT_TRUE(uploads_.open.empty());
  EXPECT_EQ(uploads_.patches, 2);
}

TEST_F(RegistryDestinationTest, DeletesSessionsOnAbort) {
  uploads_.fault = [](int, const ServerRequest&) { return answer(400); };
  EXPECT_EQ(failure(), ErrorCode::kRegistry);
  EXPECT_TRUE(uploads_.open.empty());
  open_destination()->check();
  EXPECT_TRUE(uploads_.open.empty());
  EXPECT_EQ(server_.requests().back().substr(0, 7), "DELETE ");
}

TEST_F(RegistryDestinationTest, RefusesContentOfAnotherSize) {
  for (const std::size_t size : {std::size_t{4}, std::size_t{6}}) {
    MemorySource content(to_bytes(as_bytes("small")));
    EXPECT_THROW(open_destination()->put_blob({.media_type = "x/y", .size = size}, content), Error);
  }
  EXPECT_TRUE(uploads_.open.empty());
}

TEST_F(RegistryDestinationTest, PutsTheRootOnceAndByTag) {
  const auto destination = open_destination();
  destination->put_document(root_, text_);
  EXPECT_EQ(uploads_.tagged, "");
  EXPECT_EQ(destination->commit({root_, {}}), std::nullopt);
  EXPECT_EQ(uploads_.tagged, text_);
  EXPECT_EQ(
      std::ranges::count_if(server_.requests(), [](const std::string& r) { return r.starts_with("PUT "); }),
      1);
}

TEST_F(RegistryDestinationTest, SendsDocumentsOnlyOfTheDigestThatTheNameHas) {
  for (const Digest& wanted : {old_, root_.digest}) {
    const auto destination = open_destination(std::nullopt, wanted);
    const std::string child = "{}";
    destination->put_document({root_.media_type, Digest::of(as_bytes(child)), child.size(), {}, {}}, child);
    destination->put_document(root_, text_);
    EXPECT_THAT(server_.requests(), Not(Contains(testing::StartsWith("PUT ")))) << wanted.string();
    if (wanted == root_.digest) {
      (void)destination->commit({root_, {}});
      EXPECT_EQ(server_.requests().back(), "PUT /v2/x/manifests/" + wanted.string());
    } else {
      EXPECT_THROW((void)destination->commit({root_, {}}), Error);
    }
  }
}

TEST_F(RegistryDestinationTest, TellsWhatTheTagLedTo) {
  const auto destination = open_in_place();
  EXPECT_EQ(destination->commit({root_, {}}), old_);
  EXPECT_EQ(uploads_.tagged, text_);
}

TEST_F(RegistryDestinationTest, LeavesATagThatSomebodyMoved) {
  const auto destination = open_in_place();
  uploads_.tag_digest = Digest::of(as_bytes("newer")).string();
  try {
    (void)destination->commit({root_, {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kOther);
    EXPECT_THAT(error.message(), HasSubstr(uploads_.tag_digest));
  }
  EXPECT_EQ(uploads_.tagged, "");
}

}  // namespace
}  // namespace imgcrypt
