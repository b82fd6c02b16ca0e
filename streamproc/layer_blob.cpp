#include "streamproc/layer_blob.hpp"

#include "node/defaults.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace imgcrypt::streamproc {
namespace {

namespace fs = std::filesystem;

bool begins_with(const Fd& file, const Head& head) {
  // One byte more than the head, to tell a file that ends with it from one that goes on.
  Bytes start(head.bytes.size() + 1);
  std::size_t size = 0;
  while (size < start.size()) {
    const std::size_t more = read_some_at(file.get(), MutableByteView(start).subspan(size), size, "blob");
    if (more == 0) break;
    size += more;
  }
  if (head.is_whole ? size != head.bytes.size() : size < head.bytes.size()) return false;
  return std::equal(head.bytes.begin(), head.bytes.end(), start.begin());
}

// The blob that `name` names, if stdin holds the same: `path` leads to its file.
std::optional<LayerBlob> match(const std::string& name, const std::string& path, const Head& head,
                               const std::optional<Digest>& digest) {
  auto place = parse_blob_path(name);
  if (!place || (digest && place->digest != *digest)) return std::nullopt;
  Fd file = open_regular_file(path);
  if (!file.is_open() || !begins_with(file, head)) return std::nullopt;
  return LayerBlob{std::move(file), std::move(place->store), std::move(place->digest)};
}

// By hand, the program that writes our stdin, or our parent itself, may have the blob as its own stdin.
bool is_standard_fd(const std::string& name) { return name == "0" || name == "1" || name == "2"; }

// Nullopt when there are several, however often each of them is open.
std::optional<LayerBlob> find_among(const std::string& open_files, const Head& head,
                                    const std::optional<Digest>& digest) {
  const std::string in_a_store = std::string(kContentStoreName) + "/blobs/";
  std::optional<LayerBlob> found;
  std::error_code failure;
  for (fs::directory_iterator at(open_files, failure), end; !failure && at != end; at.increment(failure)) {
    std::error_code gone;
    const std::string target = fs::read_symlink(at->path(), gone).string();
    // The parent opens and closes files while we look.
    if (gone || target.find(in_a_store) == std::string::npos) continue;
    // Not opened by its name, which may mean nothing in our mount namespace.
    auto blob = match(target, at->path(), head, digest);
    if (!blob) continue;
    blob->is_open_in_parent = !is_standard_fd(at->path().filename());
    if (found && found->digest != blob->digest) return std::nullopt;
    if (!found || blob->is_open_in_parent) found = std::move(blob);
  }
  return found;
}

}  // namespace

std::string open_files_of(pid_t process) { return "/proc/" + std::to_string(process) + "/fd"; }

std::optional<LayerBlob> blob_on_stdin(const Head& head, const ContentStores& stores) {
  const fs::path link = "/proc/self/fd/0";
  std::error_code failure;
  const auto place = parse_blob_path(fs::read_symlink(link, failure).string());
  if (!place) return std::nullopt;
  for (const ContentStore& store : stores) {
    // The name alone might be another store's.
    const std::string path = store.path(place->digest);
    if (fs::equivalent(path, link, failure)) return match(path, path, head, place->digest);
  }
  return std::nullopt;
}

std::optional<LayerBlob> find_blob(const Head& head, const std::optional<Digest>& digest,
                                   const std::string& open_files, const ContentStores& stores) {
  // The parent's files first: they lead to the store that is in use, wherever its root is.
  auto in_use = find_among(open_files, head, digest);
  if (in_use || !digest) return in_use;
  for (const ContentStore& store : stores) {
    const std::string path = store.path(*digest);
    if (auto blob = match(path, path, head, digest)) return blob;
  }
  return std::nullopt;
}

}  // namespace imgcrypt::streamproc
