// Archives as they are written: into a file, where blobs come side by side, and into a pipe.
#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"
#include "transport/archive/tar/member_table.hpp"
#include "transport/archive/tar/tar_file.hpp"
#include "transport/archive/tar/tar_stream.hpp"
#include "transport/archive/tar_text.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace imgcrypt::test {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Digest put(TarWriter& writer, const BlobInfo& info, const std::string& content) {
  MemorySource source(to_bytes(as_bytes(content)));
  return writer.put(info, source);
}

TEST(TarFile, KeepsThePlannedOrderWhoeverIsFirst) {
  const std::vector<std::string> contents = {"aaaa", "bbbb", std::string(3000, 'c')};
  const auto info = [&](std::size_t i) {
    return BlobInfo{
        .media_type = "t", .size = contents[i].size(), .made_from = Digest::of(as_bytes(std::to_string(i)))};
  };
  const ScratchFolder folder;
  const auto written = [&](const std::vector<std::size_t>& order) {
    const std::string path = folder.write("a.tar", "");
    const Fd file = opened(path, O_RDWR);
    TarFile writer(file.get(), path, blob_name);
    writer.plan({info(0), info(1), info(2)});
    for (const std::size_t i : order) put(writer, info(i), contents[i]);
    writer.finish({{"index.json", "{}"}});
    return content_of(path);
  };
  EXPECT_EQ(written({0, 1, 2}), written({2, 1, 0}));
  EXPECT_EQ(written({0, 1, 2}), written({1, 0, 2}));
}

TEST(TarFile, LeavesNothingOfWhatWasLost) {
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
    TarFile writer(file.get(), path, blob_name);
    writer.plan({info(lost), info(kept)});
    EXPECT_EQ(error_of([&] { put(writer, info(lost), std::string(10'000, 'x')); }), ErrorCode::kIntegrity);
    EXPECT_EQ(error_of([&] { put(writer, info(lost), lost + "more"); }), ErrorCode::kIntegrity);
    put(writer, info(kept), kept);
    put(writer, info(kept), kept);
    writer.finish({});
  }
  const Fd file = opened(expected_path, O_RDWR);
  TarFile writer(file.get(), expected_path, blob_name);
  put(writer, info(kept), kept);
  writer.finish({});
  EXPECT_EQ(content_of(path), content_of(expected_path));
}

TEST(TarFile, TakesSeveralBlobsAtOnce) {
  const ScratchFolder folder;
  const std::string path = folder.write("a.tar", "");
  const Fd file = opened(path, O_RDWR);
  TarFile writer(file.get(), path, blob_name);
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

// How many unnamed files in the folder this process has open.
std::ptrdiff_t unnamed_files_in(const std::filesystem::path& folder) {
  return std::ranges::count_if(
      std::filesystem::directory_iterator("/proc/self/fd"), [&](const std::filesystem::directory_entry& fd) {
        std::error_code gone;
        return std::filesystem::read_symlink(fd.path(), gone).string().starts_with(folder.string() + "/#");
      });
}

TEST(TarStream, WritesWhatTheFileWouldHold) {
  const ScratchFolder folder;
  const std::vector<std::string> contents = {"a", std::string(300'000, 'b'), ""};
  const auto written = [&](const std::string& name, const auto& make) {
    const std::string path = folder.write(name, "");
    const Fd file = opened(path, O_RDWR);
    const std::unique_ptr<TarWriter> writer = make(file.get());
    for (const std::string& content : contents) {
      put(*writer, {"t", content.size()}, content);
      put(*writer, {"t", content.size()}, content);
      EXPECT_TRUE(writer->has(Digest::of(as_bytes(content))));
    }
    writer->finish({{"index.json", "{}"}});
    EXPECT_EQ(unnamed_files_in(folder.path()), 0);
    return content_of(path);
  };
  EXPECT_EQ(written("a.tar", [](int fd) { return std::make_unique<TarFile>(fd, "a", blob_name); }),
            written("b.tar",
                    [&](int fd) { return std::make_unique<TarStream>(fd, "b", folder.path(), blob_name); }));
}

// Notes, while it is read, how many blobs lie in the folder.
class Watching final : public Source {
 public:
  Watching(std::filesystem::path folder, const std::string& content)
      : folder_(std::move(folder)), content_(to_bytes(as_bytes(content))) {}
  [[nodiscard]] std::optional<Chunk> next() override {
    most = std::max(most, unnamed_files_in(folder_));
    return content_.next();
  }

  std::ptrdiff_t most = 0;

 private:
  std::filesystem::path folder_;
  MemorySource content_;
};

TEST(TarStream, KeepsOneBlobAtATimeAndNothingThatIsDamaged) {
  const ScratchFolder folder;
  const std::string path = folder.write("a.tar", "");
  const Fd file = opened(path, O_RDWR);
  TarStream writer(file.get(), path, folder.path(), blob_name);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 4; ++i)
      threads.emplace_back([&, i] {
        const std::string content(300'000 + i, 'x');
        Watching source(folder.path(), content);
        writer.put({"t", content.size()}, source);
        EXPECT_EQ(source.most, 1);
      });
  }
  const std::string whole = content_of(path);
  EXPECT_EQ(error_of([&] { put(writer, {"t", 5, Digest::of(as_bytes("right"))}, "wrong"); }),
            ErrorCode::kIntegrity);
  EXPECT_EQ(content_of(path), whole);
  EXPECT_EQ(MemberTable::read(file.get(), path).find(blob_name(Digest::of(as_bytes("wrong")), "")),
            std::nullopt);
}

TEST(TarStream, WritesNothingAfterAFailure) {
  const ScratchFolder folder;
  const Fd full = opened("/dev/full", O_WRONLY);
  TarStream writer(full.get(), "full", folder.path(), blob_name);
  EXPECT_EQ(error_of([&] { put(writer, {"t", 1}, "x"); }), ErrorCode::kOther);
  EXPECT_EQ(error_of([&] { writer.finish({}); }), ErrorCode::kOther);
  EXPECT_EQ(unnamed_files_in(folder.path()), 0);
}

}  // namespace
}  // namespace imgcrypt::test
