// A blob of a layout that is being written: a file without its final name until it is linked. Where the file
// system allows, it has no name at all, and goes with the process, even after SIGKILL; else a temporary one,
// which goes with this object, or is swept by the next writer. Belongs to one thread at a time.
#pragma once

#include "base/process/fd.hpp"
#include "base/stream/stream.hpp"
#include "oci/digest.hpp"

#include <string>

namespace imgcrypt {

class PendingBlob {
 public:
  // In this blob directory; `path` is what errors call it. Throws kOther.
  static PendingBlob create(const Fd& directory, const std::string& path);
  // With a temporary name in any case, as network file systems need it. The lock on the file tells a sweeper
  // that its writer lives; the system releases it with the process, however that ends.
  static PendingBlob create_named(const Fd& directory, const std::string& path);

  PendingBlob(PendingBlob&& other) noexcept;
  PendingBlob& operator=(PendingBlob&& other) noexcept;
  PendingBlob(const PendingBlob&) = delete;
  PendingBlob& operator=(const PendingBlob&) = delete;
  ~PendingBlob();

  // Takes the content to its verified end and returns its digest. The disk starts early, so that little is
  // left for make_durable(). Call once. `expected` is the content's size, as far as it is known, for the
  // error when there is no space for it. Throws what `content` throws, and kOther when the file cannot be
  // written.
  Digest write(Source& content, HashAlgorithm algorithm, std::uint64_t expected);
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }  // bytes written so far

  void make_durable() const;
  // Gives it its name in the directory that it was created in. What has that name already is not trusted:
  // this one, known to be whole, takes its place. Returns whether the name was free. Throws kOther, and then
  // has changed nothing.
  [[nodiscard]] bool link(const Fd& directory, const Digest& digest);

 private:
  PendingBlob(Fd file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  [[nodiscard]] bool link_unnamed(int directory, const Digest& digest) const;
  void unlink_temporary() noexcept;

  Fd file_;
  std::string path_;
  std::uint64_t size_ = 0;
  Fd directory_;                // open only for a temporary name
  std::string temporary_name_;  // empty for an unnamed file
};

}  // namespace imgcrypt
