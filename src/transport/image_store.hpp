// Where images are read from and written to: the two interfaces that a transport implements, and the one more
// that only some stores can. Sources and destinations are safe for use by several threads, but for commit(),
// which is the last call.
#pragma once

#include "base/stream/chunk_pool.hpp"
#include "base/stream/stream.hpp"
#include "oci/descriptor.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// A root's descriptor, and the text it had in the store's own list of images (an entry of index.json), whose
// other members a destination keeps; empty where the store has no such list.
struct RootDescriptor {
  Descriptor descriptor;
  std::string raw;
};

// Every method throws kRegistry when the store refuses to say, and kNetwork when it cannot be reached.
// kNotFound means that the store says it lacks the blob, and nothing else.
class ImageSource {
 public:
  virtual ~ImageSource() = default;
  // The image that the reference names. Valid for as long as the source.
  [[nodiscard]] virtual const RootDescriptor& root() const = 0;
  // The blob's bytes, in chunks of the pool; size and digest are checked while they are read, so that a
  // damaged blob never reaches its verified end (kIntegrity). Pool and source must outlive what is returned.
  // Throws kNotFound, kRefused for what is not a regular file.
  [[nodiscard]] virtual std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) = 0;
  // Reads no byte of it. Throws as open(), and kIntegrity when it has another size.
  virtual void check_presence(const Descriptor& blob) = 0;
};

// What is known of a blob before it is put.
struct BlobInfo {
  std::string media_type;  // as its descriptor will name it
  std::uint64_t size = 0;  // bytes
  // Of a blob that does not change. One whose digest is not known yet is named by its hash by `algorithm`.
  std::optional<Digest> digest = std::nullopt;
  HashAlgorithm algorithm = HashAlgorithm::kSha256;
};

// Nothing is visible before commit(); what was put and is not committed is gone when the destination is.
class ImageDestination {
 public:
  virtual ~ImageDestination() = default;
  // The first call. Throws what would keep commit() from succeeding, as far as it can be told beforehand:
  // kUsage, kRefused. Changes nothing.
  virtual void check() = 0;
  // Whether the store holds the blob, whole. It may be read to know.
  [[nodiscard]] virtual bool has(const Descriptor& blob) = 0;
  // Takes the blob over from the image that is read, without moving or reading it, where both share a store
  // (TransportOptions::other). False when that cannot be.
  [[nodiscard]] virtual bool adopt(const Descriptor& blob) = 0;
  // Takes the content to its verified end. May keep its chunks, at most ChunkPool::kMostKept / 2, and read
  // them in other threads. Returns the digest. Throws what `content` throws, and then holds nothing of it;
  // kIntegrity when size or digest is not the expected one; kNetwork when the content must be made again to
  // be put again.
  virtual Digest put_blob(const BlobInfo& info, Source& content) = 0;
  // A manifest or an index; those that it lists come before it. REQUIRES: the descriptor is that of `text`.
  virtual void put_document(const Descriptor& descriptor, std::string_view text) = 0;
  // Makes the image visible under its name, at once and for good. `raw` is the source's root entry or empty.
  // Returns the digest of another image that had the name until now.
  virtual std::optional<Digest> commit(const RootDescriptor& root) = 0;
};

// A store whose images share their blobs, and which is ours to look through and to tidy up: an OCI image
// layout.
class SharedStore {
 public:
  virtual ~SharedStore() = default;
  // All images, in the order of the store's list; and those but the one whose name the reference has, which
  // writing to it would replace. Throws kRefused for a list that cannot be read. A store that does not exist
  // yet has none.
  [[nodiscard]] virtual std::vector<RootDescriptor> images() = 0;
  [[nodiscard]] virtual std::vector<RootDescriptor> other_images() = 0;
  [[nodiscard]] virtual std::unique_ptr<ImageSource> open_image(const Descriptor& image) = 0;
  [[nodiscard]] virtual bool has_blob(const Digest& blob) = 0;

  // Given the images that there are under the store's lock, which blobs to remove.
  using ChooseBlobs = std::function<std::set<Digest>(const std::vector<RootDescriptor>& images)>;
  // Removes what `choose` says while no writer can add an image. Returns it. Throws what `choose` throws.
  virtual std::set<Digest> remove_blobs(const ChooseBlobs& choose) = 0;
};

}  // namespace imgcrypt
