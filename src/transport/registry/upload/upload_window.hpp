// What of a blob has been pulled from its content and not yet been acknowledged by the registry: eight MiB at
// most. Belongs to the thread that uploads.
#pragma once

#include "base/stream/chunk_hash.hpp"
#include "base/stream/stream.hpp"
#include "base/stream/whole_chunks.hpp"
#include "crypto/hash.hpp"
#include "oci/digest.hpp"
#include "transport/http/http_message.hpp"
#include "transport/image_store.hpp"

#include <cstdint>
#include <deque>
#include <exception>
#include <optional>

namespace imgcrypt {

// In bytes, and half of what a destination may keep of a pool's chunks.
inline constexpr std::uint64_t kMostUnacknowledged = std::uint64_t{8} * 1024 * 1024;

class UploadWindow {
 public:
  // `content` must outlive it. Whoever asks for more than kMostUnacknowledged without acknowledging keeps it
  // all.
  UploadWindow(const BlobInfo& info, Source& content);

  // Copies bytes from `position` on, pulling what is missing; at least one. REQUIRES: acknowledged() <=
  // position < the blob's size. Throws what the content throws, kIntegrity when it has fewer bytes than the
  // blob.
  [[nodiscard]] std::size_t copy(std::uint64_t position, MutableByteView room);
  // Drops what lies before `position`. REQUIRES: acknowledged() <= position <= pulled().
  void acknowledge(std::uint64_t position);
  [[nodiscard]] std::uint64_t acknowledged() const noexcept { return begin_; }
  // The bytes before `position` have left us: for BlobInfo::on_sent.
  void tell_sent(std::uint64_t position) const {
    if (info_.on_sent) info_.on_sent(position);
  }
  // Nothing beyond it can have been sent.
  [[nodiscard]] std::uint64_t pulled() const noexcept { return end_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return info_.size; }

  // Reads to the content's verified end, and returns the blob's digest: its name if it has one, which the
  // registry compares. Keeps what is not acknowledged. Throws what the content throws, kIntegrity when it has
  // another size than the blob. Call once.
  [[nodiscard]] Digest finish();
  [[nodiscard]] bool is_finished() const noexcept { return is_at_end_; }

 private:
  void pull();
  [[noreturn]] void fail(const std::string& why) const;

  BlobInfo info_;
  WholeChunks content_;
  std::optional<ChunkHash<Hasher>> hash_;  // where the digest is not known
  std::deque<Chunk> chunks_;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
  bool is_at_end_ = false;
};

// A part of a blob as a request's body. A second try sends the same bytes again. Whoever asks for more has
// sent what it was given before: only that is told, so that all of it is never told before it is
// acknowledged.
//
// Once the content fails, or a signal comes before all of it is there, the rest is zeros: the request ends as
// it was announced, so that the registry answers it, and the upload can be deleted. What is finished is sent
// as it is: docker-registry could not delete an upload that it was told to close over wrong bytes.
class WindowBody : public RequestBody {
 public:
  // `size` bytes from what is acknowledged now. The window must outlive it.
  WindowBody(UploadWindow& window, std::uint64_t size)
      : window_(window), begin_(window.acknowledged()), size_(size) {}
  [[nodiscard]] std::uint64_t size() const final { return size_; }
  void rewind() override { read_ = 0; }
  [[nodiscard]] std::size_t read(MutableByteView room) final;
  [[nodiscard]] bool is_filler() const noexcept final { return failure_ != nullptr; }
  void throw_failure() const final {
    if (failure_) std::rethrow_exception(failure_);
  }

 protected:
  [[nodiscard]] UploadWindow& window() const noexcept { return window_; }
  [[nodiscard]] std::uint64_t begin() const noexcept { return begin_; }
  // After bytes of the window were read.
  virtual void have_read() {}

 private:
  UploadWindow& window_;
  std::uint64_t begin_;
  std::uint64_t size_;
  std::uint64_t read_ = 0;
  std::exception_ptr failure_;
};

// The rest of a blob as a body, of which the last kMostUnacknowledged bytes are kept at most: rewind() throws
// kNetwork when the first of them is gone.
class PassingBody final : public WindowBody {
 public:
  explicit PassingBody(UploadWindow& window) : WindowBody(window, window.size() - window.acknowledged()) {}
  void rewind() override;

 private:
  void have_read() override;
};

}  // namespace imgcrypt
