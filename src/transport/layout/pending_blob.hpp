// A blob of a layout that is being written. Belongs to one thread at a time.
#pragma once

#include "base/stream/stream.hpp"
#include "oci/digest.hpp"
#include "transport/files/pending_file.hpp"

#include <string>

namespace imgcrypt {

class PendingBlob {
 public:
  // In this blob directory; `path` is what errors call it. Throws kOther.
  static PendingBlob create(const Fd& directory, const std::string& path) {
    return {PendingFile::create(directory, path), path};
  }
  // As PendingFile::create_named.
  static PendingBlob create_named(const Fd& directory, const std::string& path) {
    return {PendingFile::create_named(directory, path), path};
  }

  // Takes the content to its verified end and returns its digest. The disk starts early, so that little is
  // left for make_durable(). Call once. `expected` is the content's size, as far as it is known, for the
  // error when there is no space for it. Throws what `content` throws, and kOther when the file cannot be
  // written.
  Digest write(Source& content, HashAlgorithm algorithm, std::uint64_t expected);
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }  // bytes written so far

  void make_durable() const { file_.make_durable(); }
  // As PendingFile::link.
  [[nodiscard]] bool link(const Fd& directory, const Digest& digest) {
    return file_.link(directory, digest.hex());
  }

 private:
  PendingBlob(PendingFile file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  PendingFile file_;
  std::string path_;
  std::uint64_t size_ = 0;
};

}  // namespace imgcrypt
