#include "support/scratch_folder.hpp"
#include "transport/archive/archive_source.hpp"
#include "transport/archive/tar_header.hpp"
#include "transport/archive/tar_writer.hpp"
#include "transport/open.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

namespace imgcrypt::test {
namespace {

std::string tar_of(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string tar;
  for (const auto& [name, text] : members) {
    tar += as_text(tar_header(name, text.size()));
    tar += text;
    tar.resize(in_tar_blocks(tar.size()));
  }
  return tar + std::string(2 * kTarBlock, '\0');
}

Fd opened(const std::string& path, int flags = O_RDONLY) { return Fd(::open(path.c_str(), flags, 0600)); }

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

ErrorCode code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::kOther;
}

std::string blob_name(const Digest& digest, const std::string& /*media_type*/) {
  return "blobs/" + digest.algorithm_name() + "/" + digest.hex();
}

Digest put(TarWriter& writer, const BlobInfo& info, const std::string& content) {
  MemorySource source(to_bytes(as_bytes(content)));
  return writer.put(info, source);
}

TEST(MemberNames, AreOnlyLookedUp) {
  EXPECT_EQ(plain_member_name("./a//b/."), "a/b");
  EXPECT_EQ(plain_member_name("/etc/passwd"), "etc/passwd");
  EXPECT_EQ(plain_member_name("a/../b"), "b");
  EXPECT_EQ(plain_member_name("../b"), std::nullopt);
  EXPECT_EQ(plain_member_name("a/../../b"), std::nullopt);
  EXPECT_EQ(plain_member_name("."), std::nullopt);
}

TEST(MemberTable, FindsContentWhereItIs) {
  const ScratchFolder folder;
  const std::string long_name(200, 'n');
  const std::string path = folder.write(
      "a.tar", tar_of({{"one", "first"}, {long_name, "second"}, {"empty", ""}, {"one", "last"}}));
  const Fd file = opened(path);
  const MemberTable table = MemberTable::read(file.get(), path);
  const auto text = [&](const std::string& name) {
    return std::string(as_text(read_range(file.get(), table.find(name).value(), 100, name)));
  };
  EXPECT_EQ(text("one"), "last");
  EXPECT_EQ(text(long_name), "second");
  EXPECT_EQ(text("empty"), "");
  EXPECT_TRUE(table.is_ambiguous("one"));
  EXPECT_FALSE(table.is_ambiguous("empty"));
  EXPECT_EQ(table.find("two"), std::nullopt);
}

TEST(MemberTable, RefusesWhatEndsTooEarly) {
  const ScratchFolder folder;
  const std::string tar = tar_of({{"one", std::string(5000, 'x')}});
  const std::string path = folder.write("a.tar", tar.substr(0, 2000));
  const Fd file = opened(path);
  EXPECT_EQ(code_of([&] { (void)MemberTable::read(file.get(), path); }), ErrorCode::kIntegrity);
}

TEST(TarWriter, KeepsThePlannedOrderWhoeverIsFirst) {
  const std::vector<std::string> contents = {"aaaa", "bbbb", std::string(3000, 'c')};
  const auto info = [&](std::size_t i) {
    return BlobInfo{
        .media_type = "t", .size = contents[i].size(), .made_from = Digest::of(as_bytes(std::to_string(i)))};
  };
  const ScratchFolder folder;
  const auto written = [&](const std::vector<std::size_t>& order) {
    const std::string path = folder.write("a.tar", "");
    const Fd file = opened(path, O_RDWR);
    TarWriter writer(file.get(), path, blob_name);
    writer.plan({info(0), info(1), info(2)});
    for (const std::size_t i : order) put(writer, info(i), contents[i]);
    writer.finish({{"index.json", "{}"}});
    return content_of(path);
  };
  EXPECT_EQ(written({0, 1, 2}), written({2, 1, 0}));
  EXPECT_EQ(written({0, 1, 2}), written({1, 0, 2}));
}

TEST(TarWriter, LeavesNothingOfWhatWasLost) {
  const ScratchFolder folder;
  const std::string path = folder.write("a.tar", "");
  const std::string expected_path = folder.write("b.tar", "");
  const std::string lost(10'000, 'l');
  const std::string kept(5'000, 'k');
  const auto info = [](const std::string& content) {
    return BlobInfo{"t", content.size(), Digest::of(as_bytes(content))};
  };
  {
    const Fd file = opened(path, O_RDWR);
    TarWriter writer(file.get(), path, blob_name);
    writer.plan({info(lost), info(kept)});
    EXPECT_EQ(code_of([&] { put(writer, info(lost), std::string(10'000, 'x')); }), ErrorCode::kIntegrity);
    EXPECT_EQ(code_of([&] { put(writer, info(lost), lost + "more"); }), ErrorCode::kIntegrity);
    put(writer, info(kept), kept);
    put(writer, info(kept), kept);
    writer.finish({});
  }
  const Fd file = opened(expected_path, O_RDWR);
  TarWriter writer(file.get(), expected_path, blob_name);
  put(writer, info(kept), kept);
  writer.finish({});
  EXPECT_EQ(content_of(path), content_of(expected_path));
}

TEST(TarWriter, TakesSeveralBlobsAtOnce) {
  const ScratchFolder folder;
  const std::string path = folder.write("a.tar", "");
  const Fd file = opened(path, O_RDWR);
  TarWriter writer(file.get(), path, blob_name);
  const auto content = [](int i) { return std::string(300'000 + static_cast<std::size_t>(i), 'x'); };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&, i] { put(writer, {"t", content(i).size()}, content(i)); });
  }
  writer.finish({});
  const MemberTable table = MemberTable::read(file.get(), path);
  for (int i = 0; i < 8; ++i) {
    const Digest digest = Digest::of(as_bytes(content(i)));
    const auto range = table.find(blob_name(digest, ""));
    ASSERT_TRUE(range);
    EXPECT_EQ(Digest::of(read_range(file.get(), *range, 400'000, "blob")), digest);
  }
}

// Reads everything that an archive offers.
void read_whole(const std::string& path) {
  const auto source =
      open_source(Reference(ArchiveReference{.kind = ArchiveReference::Kind::kAny, .file = path}), {});
  ChunkPool pool;
  drain(*source->open(source->root().descriptor, pool));
}

// Damaged in up to eight places, or cut: an error or the right content, and nothing else.
TEST(Archives, SurviveDamage) {
  const ScratchFolder folder;
  const std::string manifest = R"({"schemaVersion":2,"config":{},"layers":[]})";
  const Digest digest = Digest::of(as_bytes(manifest));
  const std::string index =
      R"({"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
      digest.string() + R"(","size":)" + std::to_string(manifest.size()) + "}]}";
  const std::string whole = tar_of({{"oci-layout", "{}"},
                                    {blob_name(digest, ""), manifest},
                                    {std::string(180, 'p'), "x"},
                                    {"index.json", index}});
  read_whole(folder.write("whole.tar", whole));
  int read = 0;
  int refused = 0;
  for (unsigned seed = 0; seed < 1000; ++seed) {
    std::mt19937 random(seed);
    std::string damaged = whole;
    for (unsigned i = random() % 8 + 1; i > 0; --i)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    if (seed % 5 == 0) damaged.resize(random() % damaged.size());
    const std::string path = folder.write("damaged.tar", damaged);
    try {
      read_whole(path);
      ++read;
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_EQ(read + refused, 1000);
  EXPECT_GT(refused, 500);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);
}

}  // namespace
}  // namespace imgcrypt::test
