// Archives of images with random damage.
#include "oci/manifest.hpp"
#include "support/scratch_folder.hpp"
#include "transport/archive/archive_contents.hpp"
#include "transport/archive/tar_text.hpp"
#include "transport/open.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace imgcrypt::test {
namespace {

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
