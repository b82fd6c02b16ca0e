// Which entries of index.json a name means, and what an entry becomes.
#include "support/vectors.hpp"
#include "transport/layout/docker_list.hpp"
#include "transport/layout/index_edit.hpp"
#include "transport/layout/layout_entries.hpp"
#include "transport/layout/layout_reference.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

Digest digest_of(const std::string& name) { return Digest::of(as_bytes(name)); }

// `more` are members, each after a comma.
std::string entry(const std::string& name, const std::string& more = {}) {
  return R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
         digest_of(name).string() + R"(","size":1)" + more + "}";
}

std::string named(const std::string& tag, const std::string& image_name = {}) {
  std::string text = R"(,"annotations":{"org.opencontainers.image.ref.name":")" + tag + "\"";
  if (!image_name.empty()) text += R"(,"io.containerd.image.name":")" + image_name + "\"";
  return text + "}";
}

std::string on(const std::string& architecture) {
  return R"(,"platform":{"os":"linux","architecture":")" + architecture + R"("})";
}

std::string index_of(const std::vector<std::string>& entries) {
  std::string text;
  for (const std::string& one : entries) text += (text.empty() ? "" : ",") + one;
  return R"({"schemaVersion":2,"manifests":[)" + text + "]}";
}

std::string found(const std::string& index, const std::string& details,
                  const std::function<bool(const Platform&)>& is_wanted = {}) {
  return find_root(LayoutReference::parse(details).name(), parse_entries(index), is_wanted)
      .descriptor.digest.string();
}

EntryTarget target(const std::string& details, const std::optional<Descriptor>& own = std::nullopt,
                   EntryTarget::Place place = EntryTarget::Place::kByName) {
  return {LayoutReference::parse(details).name(), own, place};
}

using Positions = std::vector<std::size_t>;

TEST(LayoutEntries, AreFoundByTagImageNamePositionAndPlatform) {
  const std::string index =
      index_of({entry("a", named("latest", "docker.io/library/a:latest")),
                entry("b", named("latest", "docker.io/library/b:latest")),
                entry("c", named("p") + on("amd64")), entry("d", named("p") + on("arm64"))});
  EXPECT_EQ(found(index, "dir:docker.io/library/b:latest"), digest_of("b").string());
  EXPECT_EQ(found(index, "dir:@1"), digest_of("b").string());
  EXPECT_EQ(error_of([&] { found(index, "dir:latest"); }), ErrorCode::kUsage);
  EXPECT_EQ(error_of([&] { found(index, "dir"); }), ErrorCode::kUsage);
  EXPECT_EQ(error_of([&] { found(index, "dir:absent"); }), ErrorCode::kNotFound);
  EXPECT_EQ(error_of([&] { found(index, "dir:p"); }), ErrorCode::kUsage);
  const auto is_arm = [](const Platform& platform) { return platform.architecture == "arm64"; };
  EXPECT_EQ(found(index, "dir:p", is_arm), digest_of("d").string());
  try {
    found(index, "dir:latest");
  } catch (const Error& error) {
    EXPECT_EQ(error.hint(),
              "name one by its position: oci:dir:@0 (docker.io/library/a:latest), "
              "oci:dir:@1 (docker.io/library/b:latest)");
  }
  try {
    found(index_of({entry("a", named("1")), entry("b", named("2"))}), "dir");
  } catch (const Error& error) {
    EXPECT_EQ(error.hint(), "name one of them: oci:dir:1, oci:dir:2");
  }
}

TEST(LayoutEntries, AreAddedBesideOddMembers) {
  EXPECT_EQ(with_entry(R"({"\ud800":1,"manifests":null})", "{}", {}), R"({"\ud800":1,"manifests":[{}]})");
}

TEST(LayoutEntries, HintsNeverListThousands) {
  std::vector<std::string> entries;
  for (int i = 0; i < 5000; ++i) entries.push_back(entry(std::to_string(i), named("t")));
  try {
    found(index_of(entries), "dir:t");
    FAIL();
  } catch (const Error& error) {
    EXPECT_LT(error.hint().size(), 1500U);
    EXPECT_NE(error.hint().find("and 4992 more"), std::string::npos);
  }
}

TEST(LayoutEntries, OddNeighboursLockNobody) {
  const std::string index =
      index_of({R"({"digest":"blake3:00","size":1})", "null",
                R"({"digest":")" + digest_of("x").string() + "\"}", entry("a", named("t"))});
  EXPECT_EQ(found(index, "dir:t"), digest_of("a").string());
  EXPECT_EQ(error_of([&] { found(index, "dir:@0"); }), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of([&] { (void)all_roots(parse_entries(index)); }), ErrorCode::kRefused);
  EXPECT_TRUE(parse_entries(R"({"manifests":null})").empty());
  EXPECT_EQ(with_entry(R"({"manifests":null})", "{}", {}), R"({"manifests":[{}]})");
  EXPECT_EQ(with_entry(R"({"schemaVersion":2})", "{}", {}), R"({"schemaVersion":2,"manifests":[{}]})");
}

TEST(LayoutEntries, ThatCannotBeReadAreFoundByName) {
  const std::string odd = R"({"digest":"blake3:00","size":1)" + named("odd", "docker.io/library/odd:1") + "}";
  const std::string index = index_of(
      {R"({"size":1,"annotations":7})", entry("a", named("t")), odd, R"({"size":1)" + named("t") + "}"});
  for (const char* name : {"dir:odd", "dir:docker.io/library/odd:1", "dir:@2"}) {
    const Error error = failure([&] { found(index, name); });
    EXPECT_EQ(error.code(), ErrorCode::kIntegrity) << name;
    EXPECT_EQ(error.message().find("entry 2 of index.json, counted from 0, cannot be read: "), 0U)
        << error.message();
    EXPECT_NE(error.message().find("blake3"), std::string::npos) << error.message();
  }
  EXPECT_EQ(error_of([&] { found(index, "dir:absent"); }), ErrorCode::kNotFound);
  EXPECT_EQ(found(index, "dir:t"), digest_of("a").string());
  // What cannot be read cannot be replaced either, and beside it the name would be ambiguous.
  const auto entries = parse_entries(index);
  for (const char* name : {"dir:odd", "dir:t"})
    EXPECT_EQ(error_of([&] { (void)entries_to_replace(target(name), entries); }), ErrorCode::kRefused)
        << name;
  EXPECT_EQ(entries_to_replace(target("dir:t", entries[1].descriptor), entries), Positions({1}));
  EXPECT_EQ(entries_to_replace(target("dir:new"), entries), Positions());
}

TEST(LayoutEntries, AreReplacedOneByOne) {
  const auto entries =
      parse_entries(index_of({entry("a", named("t") + on("amd64")), entry("b", named("t") + on("arm64")),
                              entry("c", named("u")), entry("c", named("u")), entry("d")}));
  const auto own = entries[1].descriptor;
  EXPECT_EQ(error_of([&] { (void)entries_to_replace(target("dir:t"), entries); }), ErrorCode::kRefused);
  EXPECT_EQ(entries_to_replace(target("dir:t", own), entries), Positions({1}));
  EXPECT_EQ(entries_to_replace(target("dir:t", own, EntryTarget::Place::kInPlace), entries), Positions({1}));
  EXPECT_EQ(entries_to_replace(target("dir:u"), entries), Positions({2, 3}));
  EXPECT_EQ(entries_to_replace(target("dir:new", own), entries), Positions());
  EXPECT_EQ(error_of([&] { (void)entries_to_replace(target("dir"), entries); }), ErrorCode::kRefused);
  EXPECT_EQ(entries_to_replace(target("dir"), {entries[4]}), Positions({0}));
  EXPECT_EQ(entries_to_replace(target("dir"), {entries[2]}), Positions());
  const auto gone = parse_entries(index_of({entry("z", named("t"))})).front().descriptor;
  EXPECT_EQ(error_of([&] {
              (void)entries_to_replace(target("dir:t", gone, EntryTarget::Place::kInPlace), entries);
            }),
            ErrorCode::kOther);
}

TEST(LayoutEntries, OfOneImageUnderOneTagAreReplacedTogether) {
  const auto in_place = EntryTarget::Place::kInPlace;
  const auto entries =
      parse_entries(index_of({entry("a", named("t") + on("amd64")), entry("a", named("t")),
                              entry("b", named("u")), entry("a", named("t", "x:t")),
                              entry("a", named("t", "y:t") + on("arm64")), entry("a", named("other"))}));
  for (const std::size_t own : {0U, 1U, 3U}) {
    EXPECT_EQ(entries_to_replace(target("dir:t", entries[own].descriptor, in_place), entries),
              Positions({0, 1, 3, 4}));
    EXPECT_EQ(entries_to_replace(target("dir:t", entries[own].descriptor), entries), Positions({0, 1, 3, 4}));
  }
  // Each of these names means one of its names.
  EXPECT_EQ(entries_to_replace(target("dir:@0", entries[0].descriptor, in_place), entries),
            Positions({0, 1}));
  EXPECT_EQ(entries_to_replace(target("dir:y:t", entries[4].descriptor, in_place), entries), Positions({4}));
}

TEST(LayoutEntries, ImageNamesFollowTheTagOrGo) {
  const EntryName source{"1", "docker.io/library/x:1"};
  const auto name = [&](const std::string& tag) { return name_under(tag, std::nullopt, source).image_name; };
  EXPECT_EQ(name("1"), "docker.io/library/x:1");
  EXPECT_EQ(name("2"), "docker.io/library/x:2");
  EXPECT_EQ(name("host/y:3"), "host/y:3");
  EXPECT_EQ(name("a+b"), std::nullopt);
  EXPECT_EQ(name(""), std::nullopt);
  EXPECT_EQ(name_under("2", std::nullopt, {"1", "docker.io/library/x@sha256:0"}).image_name, std::nullopt);
  const auto replaced =
      parse_entries(index_of({entry("a", named("1", "docker.io/library/z:1"))}))[0].descriptor;
  EXPECT_EQ(name_under("1", replaced, source).image_name, "docker.io/library/z:1");
}

TEST(LayoutEntries, KeepNothingThatContradicts) {
  const std::string raw = entry("old", R"(,"data":"e30=","urls":["https://x"],"x":1)" + named("1", "x:1"));
  const Descriptor now{
      "application/vnd.oci.image.manifest.v1+json", digest_of("new"), 2, {}, {}, false, false};
  const auto plain = parse_entries(index_of({entry_text({now, raw}, {"2", std::nullopt})}))[0];
  EXPECT_EQ(plain.raw, R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
                           digest_of("new").string() +
                           R"(","size":2,"x":1,"annotations":{"org.opencontainers.image.ref.name":"2"}})");
  // The last annotation of the old entry goes, and another comes.
  const std::string only = entry("old", R"(,"annotations":{"io.containerd.image.name":"x:1"})");
  EXPECT_EQ(tag_of(*parse_entries(index_of({entry_text({now, only}, {"2", std::nullopt})}))[0].descriptor),
            "2");
}

TEST(DockerList, LosesTheImagesThatAreGone) {
  const auto path = [](const std::string& name) { return "blobs/sha256/" + digest_of(name).hex(); };
  const std::string one =
      R"({"Config":")" + path("c") + R"(","RepoTags":["x:1"],"Layers":[")" + path("l") + R"("]})";
  const std::string two = R"({"Config":")" + path("d") + R"(","RepoTags":null,"Layers":["old/layer.tar"]})";
  const std::string list = "[" + one + ", " + two + "]";
  EXPECT_EQ(blobs_of_docker_list(list), std::set<Digest>({digest_of("c"), digest_of("l"), digest_of("d")}));
  EXPECT_EQ(without_images(list, {digest_of("c")}), "[" + two + "]");
  EXPECT_EQ(without_images(list, {digest_of("l")}), list);
  EXPECT_EQ(without_images(list, {digest_of("c"), digest_of("d")}), std::nullopt);
  EXPECT_EQ(error_of([] { (void)blobs_of_docker_list(R"({"a":1})"); }), ErrorCode::kIntegrity);
}

}  // namespace
}  // namespace imgcrypt::test
