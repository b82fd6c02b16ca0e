#include "transport/layout/layout_source.hpp"

#include "base/stream/fd_stream.hpp"
#include "oci/verifying_source.hpp"
#include "transport/files/blob_faults.hpp"
#include "transport/layout/layout_entries.hpp"

#include <sys/stat.h>

#include <utility>

namespace imgcrypt {
LayoutSource::LayoutSource(const LayoutReference& reference, Links links,
                           const std::function<bool(const Platform&)>& is_wanted)
    : directory_(reference.directory, links),
      root_(find_root(reference.name(), read_entries(directory_), is_wanted)) {}

Fd LayoutSource::open_file(const Descriptor& blob) const {
  auto file = directory_.open_blob(blob.digest);
  if (!file) throw missing_blob(blob, directory_.path());
  return std::move(*file);
}

std::unique_ptr<Source> LayoutSource::open(const Descriptor& blob, ChunkPool& pool) {
  auto file = std::make_unique<FdSource>(open_file(blob), label(blob), pool);
  // Verified here and not by the callers: no use case can forget it.
  return std::make_unique<VerifyingSource>(std::move(file), blob.digest, blob.size);
}

void LayoutSource::check_presence(const Descriptor& blob) {
  const Fd file = open_file(blob);
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) throw errno_error(label(blob));
  require_size(blob, static_cast<std::uint64_t>(status.st_size));
}

std::vector<Referrer> LayoutSource::referrers(const Descriptor& subject) {
  return referrers_.of(subject, *this, [this] { return read_entries(directory_); });
}

}  // namespace imgcrypt
