#include "transport/archive/archive_source.hpp"

#include "oci/verifying_source.hpp"
#include "transport/files/blob_faults.hpp"

namespace imgcrypt {

std::unique_ptr<Source> ArchiveSource::open(const Descriptor& blob, ChunkPool& pool) {
  std::unique_ptr<Source> content;
  if (const auto made = contents_.documents.find(blob.digest); made != contents_.documents.end()) {
    content = std::make_unique<MemorySource>(to_bytes(as_bytes(made->second)));
  } else if (const auto range = contents_.find(blob.digest)) {
    content = std::make_unique<RangeSource>(contents_.file.get(), *range, label(blob), pool);
  } else {
    throw missing_blob(blob, path_);
  }
  return std::make_unique<VerifyingSource>(std::move(content), blob.digest, blob.size);
}

void ArchiveSource::check_presence(const Descriptor& blob) {
  if (const auto made = contents_.documents.find(blob.digest); made != contents_.documents.end())
    return require_size(blob, made->second.size());
  const auto range = contents_.find(blob.digest);
  if (!range) throw missing_blob(blob, path_);
  require_size(blob, range->size);
}

}  // namespace imgcrypt
