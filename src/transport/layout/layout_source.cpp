#include "transport/layout/layout_source.hpp"

#include "base/stream/fd_stream.hpp"
#include "oci/verifying_source.hpp"
#include "transport/layout/layout_index.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace imgcrypt {
namespace {

std::string name_of(const Descriptor& blob) { return "blob " + blob.digest.string(); }

bool matches(const LayoutReference& reference, const Descriptor& descriptor) {
  if (reference.digest && descriptor.digest != *reference.digest) return false;
  return reference.tag.empty() || tag_of(descriptor).value_or("") == reference.tag;
}

[[noreturn]] void fail(const LayoutReference& reference, const std::string& why,
                       const std::vector<RootDescriptor>& entries) {
  std::string tags;
  for (const RootDescriptor& entry : entries) {
    const std::string tag = tag_of(entry.descriptor).value_or("");
    tags += (tags.empty() ? "" : ", ") + (tag.empty() ? "@" + entry.descriptor.digest.string() : tag);
  }
  throw Error(ErrorCode::kNotFound, reference.string() + ": " + why,
              tags.empty() ? "the layout has no images" : "the layout has: " + tags);
}

RootDescriptor find_root(const LayoutReference& reference, const std::vector<RootDescriptor>& entries) {
  std::vector<RootDescriptor> found;
  std::ranges::copy_if(entries, std::back_inserter(found),
                       [&](const RootDescriptor& entry) { return matches(reference, entry.descriptor); });
  // A position names one entry whatever its tag, so that two images of one tag can be told apart.
  if (reference.position) {
    if (*reference.position < entries.size()) return entries[*reference.position];
    fail(reference,
         "no image at this position: the layout has " + std::to_string(entries.size()) + ", numbered from 0",
         entries);
  }
  if (found.empty()) fail(reference, "no such image", entries);
  // Two entries of one digest are one image; other tools append without replacing.
  for (const RootDescriptor& other : found) {
    if (other.descriptor.digest != found.front().descriptor.digest)
      fail(reference, "this names more than one image; choose one by its position: oci:DIR:@N", entries);
  }
  return found.front();
}

}  // namespace

LayoutSource::LayoutSource(const LayoutReference& reference)
    : directory_(reference.directory), root_(find_root(reference, read_roots(directory_))) {}

Fd LayoutSource::open_file(const Descriptor& blob) const {
  auto file = directory_.open_blob(blob.digest);
  if (!file) {
    throw Error(ErrorCode::kNotFound, name_of(blob) + " is missing in " + directory_.path(),
                "copy the whole image again");
  }
  return std::move(*file);
}

std::unique_ptr<Source> LayoutSource::open(const Descriptor& blob, ChunkPool& pool) {
  auto file = std::make_unique<FdSource>(open_file(blob), name_of(blob), pool);
  // Verified here and not by the callers: no use case can forget it.
  return std::make_unique<VerifyingSource>(std::move(file), blob.digest, blob.size);
}

void LayoutSource::check_presence(const Descriptor& blob) {
  const Fd file = open_file(blob);
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) throw errno_error(name_of(blob));
  if (static_cast<std::uint64_t>(status.st_size) == blob.size) return;
  throw Error(ErrorCode::kIntegrity,
              name_of(blob) + " is damaged: it has " + std::to_string(status.st_size) +
                  " bytes, but its descriptor says " + std::to_string(blob.size),
              "fetch the image again from an intact copy");
}

}  // namespace imgcrypt
