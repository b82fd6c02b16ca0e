#include "transport/registry/written_registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace imgcrypt {
namespace {

using namespace test;

class RegistryUploadTest : public RegistryDestinationTest {};

TEST_F(RegistryUploadTest, PutsSmallBlobsInOneRequest) {
  (void)put("small");
  EXPECT_EQ(uploads_.stored, "small");
  EXPECT_EQ(uploads_.patches, 0);
  (void)put("");
  EXPECT_EQ(uploads_.stored, "");
}

TEST_F(RegistryUploadTest, PutsLargeBlobsInChunks) {
  (void)put(kBlob);
  EXPECT_EQ(uploads_.stored, kBlob);
  EXPECT_EQ(uploads_.patches, 3);
  (void)put(kBlob, true);
  EXPECT_EQ(uploads_.stored, kBlob);
}

// What is read, and waits to be sent or acknowledged, has not arrived.
TEST_F(RegistryUploadTest, TellsWhatWasSentAndNotWhatWasRead) {
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

TEST_F(RegistryUploadTest, GoesOnWhereTheRegistryIs) {
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

TEST_F(RegistryUploadTest, TellsThatAnUploadIsLost) {
  uploads_.fault = [this](int patch, const ServerRequest&) -> std::string {
    if (patch == 2) uploads_.open.clear();
    return patch == 2 ? answer(404) : "";
  };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
}

TEST_F(RegistryUploadTest, DoesNotBelieveWhatWasNotSent) {
  uploads_.fault = [](int, const ServerRequest&) { return answer(202, {"Range: 0-99999999"}); };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
  EXPECT_TRUE(uploads_.open.empty());
}

TEST_F(RegistryUploadTest, DoesNotTakeBackWhatWasAcknowledged) {
  uploads_.fault = [](int patch, const ServerRequest&) {
    return patch == 2 ? answer(202, {"Range: 0-5"}) : "";
  };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
}

TEST_F(RegistryUploadTest, GivesUpOnARegistryThatTakesNothing) {
  uploads_.fault = [](int, const ServerRequest&) { return answer(202, {"Range: 0-0"}); };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
  EXPECT_TRUE(uploads_.open.empty());
}

// Connections are kept, so that libcurl might send what was cut a second time by itself, to the same upload.
TEST_F(RegistryUploadTest, SendsSmallBlobsAgainWhereverTheyAreCut) {
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

TEST_F(RegistryUploadTest, PutsAtOnceWhereNoPatchIsTaken) {
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

TEST_F(RegistryUploadTest, SendsOnePatchWhereRangesAreRefused) {
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

TEST_F(RegistryUploadTest, RemembersThatOnePatchIsTakenAndNoMore) {
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

TEST_F(RegistryUploadTest, CannotSendOnePatchAgainFromTheMiddle) {
  uploads_.fault = [](int, const ServerRequest& request) -> std::string {
    return request.header("content-range").empty() ? "broken" : answer(405);
  };
  EXPECT_EQ(failure(), ErrorCode::kNetwork);
  EXPECT_TRUE(uploads_.open.empty());
  EXPECT_EQ(uploads_.patches, 2);
}

TEST_F(RegistryUploadTest, DeletesSessionsOnAbort) {
  uploads_.fault = [](int, const ServerRequest&) { return answer(400); };
  EXPECT_EQ(failure(), ErrorCode::kRegistry);
  EXPECT_TRUE(uploads_.open.empty());
  open_destination()->check();
  EXPECT_TRUE(uploads_.open.empty());
  EXPECT_EQ(server_.requests().back().substr(0, 7), "DELETE ");
}

TEST_F(RegistryUploadTest, RefusesContentOfAnotherSize) {
  for (const std::size_t size : {std::size_t{4}, std::size_t{6}}) {
    MemorySource content(to_bytes(as_bytes("small")));
    EXPECT_THROW(open_destination()->put_blob({.media_type = "x/y", .size = size}, content), Error);
  }
  EXPECT_TRUE(uploads_.open.empty());
}

}  // namespace
}  // namespace imgcrypt
