#include "transport/registry/written_registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace imgcrypt {
namespace {

using namespace test;

using testing::HasSubstr;

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
