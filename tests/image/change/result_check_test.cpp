#include "image/change/result_check.hpp"

#include "support/image_builder.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

// An index that lists one digest twice: as a type that nobody knows, then as the manifest that it is.
class Result : public testing::Test {
 protected:
  Result() {
    const Descriptor image = add_image(store_, kAmd64, {"a"});
    Descriptor other = image;
    other.media_type = "application/vnd.example";
    make_root(store_, add_index(store_, {other, image}));
    tree_ = load_tree(store_);
  }

  [[nodiscard]] const Manifest& manifest() const { return std::get<Manifest>(tree_.children.at(1).document); }
  [[nodiscard]] const Index& index() const { return std::get<Index>(tree_.document); }

  // What is said about the old documents, had the only layer been edited so.
  [[nodiscard]] std::vector<bool> faults(const DescriptorEdit& edit) const {
    const std::map<LayerId, DescriptorEdit> edits = {{layer_id(manifest().layers().at(0)), edit}};
    const ResultCheck check(tree_, edits);
    return {error_of([&] { check.check(manifest()); }) == ErrorCode::kOther,
            error_of([&] { check.check(index()); }) == ErrorCode::kOther,
            error_of([&] { check.check_document(tree_.descriptor); }) == ErrorCode::kOther};
  }

  const std::vector<bool> all_ = {true, true, true};
  const std::vector<bool> none_ = {false, false, false};
  MemoryStore store_;
  ImageNode tree_{{"", Digest::of({}), 0, {}, {}, false, false}, Opaque(), {}, ""};
};

TEST_F(Result, MayNotHoldWhatWasToChange) {
  DescriptorEdit edit;
  edit.digest = Digest::of(as_bytes("another"));
  EXPECT_EQ(faults(edit), all_);
  edit = {};
  edit.media_type = "another";
  EXPECT_EQ(faults(edit), all_);
  edit = {};
  edit.annotations.set = {{"a", "b"}};
  EXPECT_EQ(faults(edit), all_);
}

TEST_F(Result, MayHoldWhatAnEditLeavesAsItWas) {
  DescriptorEdit edit;
  EXPECT_EQ(faults(edit), none_);
  edit.digest = manifest().layers().at(0).digest;
  edit.annotations.removed = {"a"};
  EXPECT_EQ(faults(edit), none_);
}

TEST_F(Result, MayListADocumentThatChangesAsSomethingElse) {
  DescriptorEdit edit;
  edit.media_type = "another";
  const std::map<LayerId, DescriptorEdit> edits = {{layer_id(manifest().layers().at(0)), edit}};
  const ResultCheck check(tree_, edits);
  EXPECT_NO_THROW(check.check_document(tree_.children.at(0).descriptor));
  Descriptor unnamed = tree_.children.at(0).descriptor;
  unnamed.media_type.clear();
  EXPECT_EQ(error_of([&] { check.check_document(unnamed); }), ErrorCode::kOther);
}

TEST_F(Result, MayNotBeLargerThanWhatIsRead) {
  EXPECT_NO_THROW(ResultCheck::check_sum(kMostDocumentsBytes - 1));
  EXPECT_NO_THROW(ResultCheck::check_sum(kMostDocumentsBytes));
  EXPECT_EQ(error_of([] { ResultCheck::check_sum(kMostDocumentsBytes + 1); }), ErrorCode::kRefused);
}

}  // namespace
}  // namespace imgcrypt::test
