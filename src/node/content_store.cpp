#include "node/content_store.hpp"

#include "base/cancel.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 20'000;

}  // namespace

std::string ContentStore::path(const Digest& digest) const {
  return root_ + "/blobs/" + digest.algorithm_name() + "/" + digest.hex();
}

BlobList ContentStore::list(SearchClock::time_point deadline) const {
  BlobList list;
  std::size_t entries = 0;
  for (const char* algorithm : {"sha256", "sha512"}) {
    std::error_code failure;
    for (fs::directory_iterator at(root_ + "/blobs/" + algorithm, failure), end; !failure && at != end;
         at.increment(failure)) {
      throw_if_cancelled();
      if (++entries > kMostEntries)
        list.cut_short = "the search ended after " + std::to_string(kMostEntries) + " entries";
      if (SearchClock::now() > deadline) list.cut_short = kOutOfTime;
      if (!list.cut_short.empty()) return list;
      list.paths.push_back(at->path());
    }
    if (failure && failure != std::errc::no_such_file_or_directory && list.cut_short.empty())
      list.cut_short = root_ + "/blobs/" + algorithm + ": " + failure.message();
  }
  return list;
}

std::optional<BlobPlace> parse_blob_path(const std::string& path) {
  const fs::path file(path);
  const fs::path algorithm = file.parent_path();
  const fs::path blobs = algorithm.parent_path();
  // From the end: the root may be anywhere, and may itself contain "blobs".
  auto digest = Digest::parse_if_valid(algorithm.filename().string() + ":" + file.filename().string());
  if (!digest || blobs.filename() != "blobs") return std::nullopt;
  return BlobPlace{ContentStore(blobs.parent_path().string()), std::move(*digest)};
}

Fd open_regular_file(const std::string& path, std::string* refusal) {
  // A FIFO without a writer would block open() for ever, a terminal could become ours: both are refused by
  // fstat only once they are open. On a regular file O_NONBLOCK has no effect.
  Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open() && refusal != nullptr && errno != ENOENT && errno != ELOOP && errno != ENXIO)
    *refusal = path + ": " + std::generic_category().message(errno);
  struct stat status = {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return file;
}

}  // namespace imgcrypt
