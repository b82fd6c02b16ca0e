#include "streamproc/content_store.hpp"

#include "base/stream/fd_stream.hpp"
#include "base/text/json.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/manifest.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>
#include <tuple>

namespace imgcrypt::streamproc {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kStoreSuffix = "io.containerd.content.v1.content";
constexpr std::size_t kMostEntries = 20'000;
constexpr off_t kLargeDocument = 256 * 1024;  // bytes
constexpr auto kPatience = std::chrono::seconds(2);
constexpr auto kRetryInterval = std::chrono::milliseconds(50);

// ROOT/blobs/<algorithm>/<hex>
std::optional<StoredBlob> parse_blob_path(const fs::path& path) {
  const auto digest =
      Digest::parse_if_valid(path.parent_path().filename().string() + ":" + path.filename().string());
  const fs::path blobs = path.parent_path().parent_path();
  if (!digest || blobs.filename() != "blobs") return std::nullopt;
  return StoredBlob{Fd(), *digest, blobs.parent_path(), false};
}

Fd open_file(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat status = {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return file;
}

bool starts_with(const Fd& file, ByteView head, bool is_whole) {
  Bytes start(head.size() + 1);
  std::size_t size = 0;
  while (size < start.size()) {
    const std::size_t more = read_some_at(file.get(), MutableByteView(start).subspan(size), size, "blob");
    if (more == 0) break;
    size += more;
  }
  if (is_whole ? size != head.size() : size < head.size()) return false;
  return std::equal(head.begin(), head.end(), start.begin());
}

std::optional<StoredBlob> try_candidate(const fs::path& named, const std::string& opened, ByteView head,
                                        bool is_whole, const std::optional<Digest>& digest) {
  auto blob = parse_blob_path(named);
  if (!blob || (digest && blob->digest != *digest)) return std::nullopt;
  blob->file = open_file(opened);
  if (!blob->file.is_open() || !starts_with(blob->file, head, is_whole)) return std::nullopt;
  return blob;
}

// By hand, what stands before the decoder may have the blob as its own stdin.
bool is_standard_fd(const std::string& name) { return name == "0" || name == "1" || name == "2"; }

std::optional<StoredBlob> find_among_parents_files(ByteView head, bool is_whole,
                                                   const std::optional<Digest>& digest) {
  std::error_code failure;
  const std::string directory = "/proc/" + std::to_string(::getppid()) + "/fd";
  for (fs::directory_iterator at(directory, failure), end; !failure && at != end; at.increment(failure)) {
    std::error_code gone;
    const fs::path target = fs::read_symlink(at->path(), gone);
    const bool is_store = target.string().find(std::string(kStoreSuffix) + "/blobs/") != std::string::npos;
    if (gone || !is_store) continue;
    if (auto blob = try_candidate(target, at->path(), head, is_whole, digest)) {
      blob->is_open_in_parent = !is_standard_fd(at->path().filename());
      return blob;
    }
  }
  return std::nullopt;
}

// Calls `visit` for the files of the store until it returns true. Returns whether it was cut short.
bool for_each_blob(const std::string& content_root, const std::function<bool(const fs::path&)>& visit) {
  const auto deadline = Clock::now() + kPatience;
  std::size_t entries = 0;
  for (const char* algorithm : {"sha256", "sha512"}) {
    std::error_code failure;
    const fs::path directory = fs::path(content_root) / "blobs" / algorithm;
    for (fs::directory_iterator at(directory, failure), end; !failure && at != end; at.increment(failure)) {
      if (++entries > kMostEntries || Clock::now() > deadline) return true;
      if (visit(at->path())) return false;
    }
  }
  return false;
}

Search<std::optional<StoredBlob>> find_below(const std::string& content_root, ByteView head, bool is_whole) {
  Search<std::optional<StoredBlob>> search;
  search.is_cut_short = for_each_blob(content_root, [&](const fs::path& path) {
    search.found = try_candidate(path, path, head, is_whole, std::nullopt);
    return search.found.has_value();
  });
  return search;
}

struct Candidate {
  bool is_large;
  timespec modified;
  std::string path;

  // Manifests are small, layers mostly large.
  [[nodiscard]] auto rank() const { return std::tuple(is_large, -modified.tv_sec, -modified.tv_nsec); }
};

Search<std::vector<Candidate>> documents_newest_first(const std::string& content_root) {
  std::vector<Candidate> files;
  const bool is_cut_short = for_each_blob(content_root, [&](const fs::path& path) {
    struct stat status = {};
    if (::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        static_cast<std::size_t>(status.st_size) <= kMostDocumentBytes) {
      files.push_back({status.st_size > kLargeDocument, status.st_mtim, path});
    }
    return false;
  });
  std::ranges::sort(files, {}, &Candidate::rank);
  return {std::move(files), is_cut_short};
}

std::optional<std::string> read_manifest_text(const std::string& path, const Digest& layer) {
  const Fd file = open_file(path);
  std::array<std::uint8_t, 1> first{};
  if (!file.is_open() || read_some_at(file.get(), first, 0, path) == 0) return std::nullopt;
  if (first[0] != '{' && first[0] != ' ' && first[0] != '\n' && first[0] != '\t' && first[0] != '\r')
    return std::nullopt;
  const Bytes bytes = read_all(file.get(), kMostDocumentBytes, path);
  if (as_text(bytes).find(layer.hex()) == std::string_view::npos) return std::nullopt;
  return std::string(as_text(bytes));
}

std::vector<Descriptor> descriptors_in(const std::string& path, const Digest& layer) {
  try {
    const auto text = read_manifest_text(path, layer);
    return text ? find_layer(*text, layer) : std::vector<Descriptor>();
  } catch (const Error&) {
    return {};  // some other JSON: the store holds all kinds
  }
}

}  // namespace

Search<std::optional<StoredBlob>> find_blob(ByteView head, bool is_whole, const std::optional<Digest>& digest,
                                            const std::string& content_root) {
  if (auto blob = find_among_parents_files(head, is_whole, digest)) return {std::move(blob)};
  if (!digest) return find_below(content_root, head, is_whole);
  const std::string path = content_root + "/blobs/" + digest->algorithm_name() + "/" + digest->hex();
  return {try_candidate(path, path, head, is_whole, digest)};
}

Search<bool> find_descriptors(const StoredBlob& blob,
                              const std::function<bool(const Descriptor&)>& is_wanted) {
  const auto deadline = Clock::now() + kPatience;
  while (true) {
    bool is_any = false;
    const auto files = documents_newest_first(blob.content_root);
    for (const Candidate& file : files.found) {
      for (const Descriptor& descriptor : descriptors_in(file.path, blob.digest)) {
        if (!has_encryption_annotations(descriptor.annotations)) continue;
        is_any = true;
        if (is_wanted(descriptor)) return {true};
      }
    }
    if (is_any || Clock::now() > deadline) return {is_any, files.is_cut_short};
    std::this_thread::sleep_for(kRetryInterval);  // a manifest may be written after its layers
  }
}

}  // namespace imgcrypt::streamproc
