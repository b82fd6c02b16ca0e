#include "oci/manifest.hpp"
#include "support/scratch_folder.hpp"
#include "transport/archive/archive_source.hpp"
#include "transport/archive/tar/tar_file.hpp"
#include "transport/archive/tar/tar_header.hpp"
#include "transport/archive/tar/tar_stream.hpp"
#include "transport/open.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
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
    EXPECT_EQ(code_of([&] { put(writer, info(lost), std::string(10'000, 'x')); }), ErrorCode::kIntegrity);
    EXPECT_EQ(code_of([&] { put(writer, info(lost), lost + "more"); }), ErrorCode::kIntegrity);
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
  EXPECT_EQ(code_of([&] { put(writer, {"t", 5, Digest::of(as_bytes("right"))}, "wrong"); }),
            ErrorCode::kIntegrity);
  EXPECT_EQ(content_of(path), whole);
  EXPECT_EQ(MemberTable::read(file.get(), path).find(blob_name(Digest::of(as_bytes("wrong")), "")),
            std::nullopt);
}

TEST(TarStream, WritesNothingAfterAFailure) {
  const ScratchFolder folder;
  const Fd full = opened("/dev/full", O_WRONLY);
  TarStream writer(full.get(), "full", folder.path(), blob_name);
  EXPECT_EQ(code_of([&] { put(writer, {"t", 1}, "x"); }), ErrorCode::kOther);
  EXPECT_EQ(code_of([&] { writer.finish({}); }), ErrorCode::kOther);
  EXPECT_EQ(unnamed_files_in(folder.path()), 0);
}

// Reads an archive, and then all that its images list.
void read_whole(const std::string& path) {
  const ArchiveReference any{.kind = ArchiveReference::Kind::kAny, .file = path};
  const ArchiveContents contents = ArchiveContents::read(any, "/nowhere");
  const auto source = open_source(Reference(any), {});
  ChunkPool pool;
  const Bytes text =
      read_all(*source->open(source->root().descriptor, pool), kMostDocumentBytes, "a manifest");
  const Manifest manifest = Manifest::parse(std::string(as_text(text)));
  drain(*source->open(manifest.config(), pool));
  for (const Descriptor& layer : manifest.layers()) drain(*source->open(layer, pool));
}

std::string descriptor(const std::string& type, const std::string& content) {
  return R"({"mediaType":"application/vnd.oci.image.)" + type + R"(","digest":")" +
         Digest::of(as_bytes(content)).string() + R"(","size":)" + std::to_string(content.size()) + "}";
}

// A layout in a tar, with a name that needs a pax header and a link.
std::string layout_archive() {
  const std::string layer(700, 'l');
  const std::string config =
      R"({"rootfs":{"type":"layers","diff_ids":[")" + Digest::of(as_bytes(layer)).string() + R"("]}})";
  const std::string manifest = R"({"schemaVersion":2,"config":)" + descriptor("config.v1+json", config) +
                               R"(,"layers":[)" + descriptor("layer.v1.tar", layer) + "]}";
  const auto member = [](const std::string& content) {
    return std::pair(blob_name(Digest::of(as_bytes(content)), ""), content);
  };
  return tar_of({{"oci-layout", "{}"},
                 member(layer),
                 member(config),
                 member(manifest),
                 {std::string(180, 'p'), "x"},
                 {"index.json",
                  R"({"schemaVersion":2,"manifests":[)" + descriptor("manifest.v1+json", manifest) + "]}"}});
}

// What Docker wrote before version 25.
std::string docker_archive() {
  const std::string layer(700, 'l');
  const std::string config =
      R"({"rootfs":{"type":"layers","diff_ids":[")" + Digest::of(as_bytes(layer)).string() + R"("]}})";
  return tar_of(
      {{"1/layer.tar", layer},
       {"config.json", config},
       {"manifest.json", R"([{"Config":"config.json","RepoTags":["app:1"],"Layers":["1/layer.tar"]}])"}});
}

// Damaged in up to eight places, or cut.
std::string damaged(std::string archive, unsigned seed) {
  std::mt19937 random(seed);
  for (unsigned i = random() % 8 + 1; i > 0; --i)
    archive[random() % archive.size()] = static_cast<char>(random());
  if (seed % 5 == 0) archive.resize(random() % archive.size());
  return archive;
}

// KiB of memory that this process has had at most since it was last reset.
long peak() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 0;  // their own memory is not ours
#else
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long size = 0;
    if (word == "VmHWM:" && status >> size) return size;
  }
  return -1;
#endif
}

// A child is born with all that the tests before have left in memory, and with its peak.
void reset_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

// An error or the right content, and nothing else: no crash, no file, and no more memory than for sound ones.
TEST(Archives, SurviveDamage) {
  const ScratchFolder folder;
  const auto read_sound = [&] {
    read_whole(folder.write("inside/whole.tar", layout_archive()));
    read_whole(folder.write("inside/whole.tar", docker_archive()));
  };
  read_sound();
  const auto read_all_damaged = [&] {
    int refused = 0;
    for (unsigned seed = 0; seed < 1000; ++seed) {
      const std::string& whole = seed % 2 == 0 ? layout_archive() : docker_archive();
      try {
        read_whole(folder.write("inside/whole.tar", damaged(whole, seed)));
      } catch (const Error&) {
        ++refused;
      }
    }
    return refused;
  };
  const pid_t child = ::fork();
  if (child == 0) {
    // What a name of a member could lead to, if it were one of a file.
    if (::chdir((folder.path() / "inside").c_str()) != 0) ::_exit(2);
    reset_peak();
    read_sound();
    const long sound = peak();
    if (read_all_damaged() <= 500) ::_exit(1);
    ::_exit(peak() - sound < 64 * 1024 ? 0 : 3);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "exit 3: more memory than for sound ones";
  EXPECT_EQ(std::distance(std::filesystem::recursive_directory_iterator(folder.path()), {}), 2);
}

}  // namespace
}  // namespace imgcrypt::test
