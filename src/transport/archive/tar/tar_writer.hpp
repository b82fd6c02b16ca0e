// A tar of blobs and documents that is being written: into a file (TarFile) or a pipe (TarStream). The order
// of the members does not depend on who is ready first, so the same blobs always give the same tar. put() and
// has() may be called by several threads, and nothing runs beside finish().
#pragma once

#include "transport/image_store.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace imgcrypt {

class TarWriter {
 public:
  // The name of a blob's member. Names of one algorithm and media type must have one length.
  using NameOf = std::function<std::string(const Digest& digest, const std::string& media_type)>;

  virtual ~TarWriter() = default;
  // Gives these blobs their places, in this order. Others get theirs when they are put.
  virtual void plan(const std::vector<BlobInfo>& blobs) = 0;
  // Whether a blob of that digest was put.
  [[nodiscard]] virtual bool has(const Digest& digest) = 0;
  // As ImageDestination::put_blob. Equal blobs may be put twice; one of them is kept.
  virtual Digest put(const BlobInfo& info, Source& content) = 0;
  // Ends the tar with `documents`, names and texts, in this order. To be called once, when everything was
  // put.
  virtual void finish(const std::vector<std::pair<std::string, std::string>>& documents) = 0;
};

// Of the digest that the blob has or will have.
[[nodiscard]] HashAlgorithm algorithm_of(const BlobInfo& info);
// Whether a blob that is put is the one that was planned: the same, or one made of the same.
[[nodiscard]] bool is_same_blob(const BlobInfo& planned, const BlobInfo& info);

}  // namespace imgcrypt
