#include "oci/edit.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

std::string edited(const std::string& text, const DescriptorEdit& edit) {
  TextEdits edits(text);
  edit_descriptor(edits, JsonView(text), edit);
  return edits.apply();
}

TEST(Edit, ReplacesAnnotationsInTheirPlace) {
  DescriptorEdit edit;
  edit.annotations.set = {{"b", "new"}, {"c", "3"}};
  EXPECT_EQ(edited(R"({ "annotations": { "a": "1", "b": "2" }, "x": 1 })", edit),
            R"({ "annotations": { "a": "1", "b": "new","c":"3" }, "x": 1 })");
}

TEST(Edit, RemovesAnnotationsWithTheirCommas) {
  const std::string text = R"({"annotations":{"a":"1","b":"2","c":"3"}})";
  const std::pair<std::set<std::string>, const char*> cases[] = {
      {{"a"}, R"({"annotations":{"b":"2","c":"3"}})"},
      {{"b"}, R"({"annotations":{"a":"1","c":"3"}})"},
      {{"c"}, R"({"annotations":{"a":"1","b":"2"}})"},
      {{"a", "b"}, R"({"annotations":{"c":"3"}})"},
      {{"a", "c"}, R"({"annotations":{"b":"2"}})"},
      {{"b", "c"}, R"({"annotations":{"a":"1"}})"},
      {{"a", "b", "c"}, "{}"}};
  for (const auto& [removed, expected] : cases) {
    DescriptorEdit edit;
    edit.annotations.removed = removed;
    EXPECT_EQ(edited(text, edit), expected);
  }
}

TEST(Edit, RemovesAMemberWithItsComma) {
  EXPECT_EQ(without_member(R"({"a": 1, "b": {}, "c": 3})", "a"), R"({"b": {}, "c": 3})");
  EXPECT_EQ(without_member(R"({"a": 1, "b": {}, "c": 3})", "b"), R"({"a": 1, "c": 3})");
  EXPECT_EQ(without_member(R"({"a": 1, "b": {}, "c": 3})", "c"), R"({"a": 1, "b": {}})");
  EXPECT_EQ(without_member(R"({ "a": 1 })", "a"), "{  }");
  EXPECT_EQ(without_member("{}", "a"), "{}");
}

// Another program wrote the blank, so it does not say that there was an empty object before us.
TEST(Edit, TakesOnlyAMarkOfItsOwnForOne) {
  DescriptorEdit edit;
  edit.annotations.removed = {"a", "b"};
  EXPECT_EQ(edited(R"({"annotations":{"a":"1" }})", edit), R"({"annotations":{}})");
  EXPECT_EQ(edited("{\"annotations\":{\"a\":\"1\",\"b\":\"2\"\t}}", edit), R"({"annotations":null})");
  EXPECT_EQ(edited(R"({"annotations":{ "a":"1" }})", edit), "{}");
  EXPECT_EQ(edited(R"({"annotations":{"a": "1" }})", edit), "{}");
  EXPECT_EQ(edited(R"({"annotations":{"a":"1", "b":"2" }})", edit), "{}");
  EXPECT_EQ(edited("{\"annotations\":{\"a\" :\"1\"\t}}", edit), "{}");
}

TEST(Edit, RemovesTheOldContentWithTheOldDigest) {
  const std::string digest = "\"digest\":\"" + Digest::of({}).string() + "\"";
  DocumentEdit edit;
  edit.elements.emplace_back().digest = Digest::of(as_bytes("new"));
  edit.elements.back().annotations = {{{"a", "1"}}, {"b"}};
  const std::string now = "\"digest\":\"" + edit.elements.back().digest->string() + "\"";
  const auto list = [](const std::string& element) { return "{\"layers\":[{" + element + "}]}"; };
  const std::string data = R"("data":"AA==")";
  const std::string set = R"("annotations":{"a":"1"})";
  EXPECT_EQ(edit_document(list(digest + "," + data), "layers", edit), list(now + "," + set));
  EXPECT_EQ(edit_document(list(data + ", " + digest), "layers", edit), list(now + "," + set));
  EXPECT_EQ(edit_document(list(R"("annotations":{},)" + data + " ," + digest), "layers", edit),
            list(R"("annotations":{"a":"1" } ,)" + now));
  edit.elements.back().annotations = {{}, {"b"}};
  EXPECT_EQ(edit_document(list(data + R"(,"annotations":{"b":"2"},)" + digest), "layers", edit), list(now));
  EXPECT_EQ(edit_document(list(digest + R"(,"data":null)"), "layers", edit), list(now + R"(,"data":null)"));
  edit.elements.back().digest.reset();
  EXPECT_EQ(edit_document(list(digest + "," + data), "layers", edit), list(digest + "," + data));
}

TEST(Edit, EscapesWhatItWrites) {
  DescriptorEdit edit;
  edit.annotations.set = {{"a\"b", "c\\d\n"}};
  EXPECT_EQ(edited("{}", edit), R"({"annotations":{"a\"b":"c\\d\n"}})");
}

TEST(Edit, ChangesTheAlgorithmOfADigest) {
  const std::string text = "{\"digest\":\"" + Digest::of({}).string() + "\"}";
  DescriptorEdit edit;
  edit.digest = Digest::of({}, HashAlgorithm::kSha512);
  EXPECT_EQ(edited(text, edit), "{\"digest\":\"" + edit.digest->string() + "\"}");
}

TEST(Edit, KeepsTheEscapesOfADigest) {
  for (const char* colon : {":", "\\u003a", "\\u003A"}) {
    const std::string hex = Digest::of({}).hex();
    const std::string text = R"({"digest":"sha256)" + std::string(colon) + hex + R"("})";
    DescriptorEdit there;
    there.digest = Digest::of(as_bytes("other"));
    DescriptorEdit back;
    back.digest = Digest::of({});
    EXPECT_EQ(edited(edited(text, there), back), text);
  }
}

}  // namespace
}  // namespace imgcrypt
