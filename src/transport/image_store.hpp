// Where images are read from and written to. Sources and destinations are safe for use by several threads,
// but for commit(), which is the last call.
#pragma once

#include "base/stream/lane.hpp"
#include "base/stream/stream.hpp"
#include "oci/descriptor.hpp"

#include <memory>
#include <string>

namespace imgcrypt {

// A root's descriptor, and the bytes it stood in, whose further members a destination keeps.
struct RootDescriptor {
  Descriptor descriptor;
  std::string raw;
};

class ImageSource {
 public:
  virtual ~ImageSource() = default;
  [[nodiscard]] virtual const RootDescriptor& root() const = 0;
  // Digest and size are checked while it is read. Throws kNotFound, kRefused for what is no regular file.
  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob) { return open(blob, nullptr); }
  // The same, hashed in a lane that must outlive it: what is read must stay as it is until that is done with
  // it.
  [[nodiscard]] virtual std::unique_ptr<Source> open(const Descriptor& blob, Lane* lane) = 0;
  // Reads nothing of it. Throws as open(), and kIntegrity when its size is another.
  virtual void check_presence(const Descriptor& blob) = 0;
};

struct BlobInfo {
  std::optional<Digest>
      digest;  // expected; a blob whose digest is not known yet is named by its sha256 or `algorithm`
  HashAlgorithm algorithm = HashAlgorithm::kSha256;
};

class ImageDestination {
 public:
  virtual ~ImageDestination() = default;
  // Throws what would keep commit() from succeeding, as far as it can be told beforehand. Changes nothing.
  virtual void check() = 0;
  // True when the blob is there and whole; it is read to know.
  [[nodiscard]] virtual bool has(const Descriptor& blob) = 0;
  // Takes the source to its verified end. What it reads is posted to the lane, by the source and perhaps
  // here, so it is read by pump() with the lane, or into LaneBuffers. Nothing is visible before commit.
  // Returns the digest.
  virtual Digest put(const BlobInfo& info, Source& content, Lane& lane) = 0;
  // Makes the image visible under its name, at once and for good. `raw` is the source's root entry or empty.
  // Returns the digest of another image that had the name until now.
  virtual std::optional<Digest> commit(const RootDescriptor& root) = 0;
};

}  // namespace imgcrypt
