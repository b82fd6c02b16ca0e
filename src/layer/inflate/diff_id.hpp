// A layer's diff_id (OCI image configuration, "Layer DiffID"): the digest of the decompressed layer. The
// config of an image lists those of its layers, so it tells whether a layer is the one that was meant,
// however it is compressed.
#pragma once

#include "base/stream/chunk_queue.hpp"
#include "oci/digest.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

namespace imgcrypt {

struct DiffId {
  Digest digest;
  std::uint64_t trailing_bytes = 0;  // as InflatingSource::trailing_bytes
};

// What a user should know of a layer with trailing bytes; nullopt of one without.
[[nodiscard]] std::optional<std::string> trailing_note(const DiffId& diff_id);

// Reads the layer, which is not encrypted, to its verified end. Throws kIntegrity if it cannot be
// decompressed, kRefused if that would exceed a limit, what `layer` throws, and kCancelled. Decompresses and
// hashes in the calling thread.
[[nodiscard]] DiffId diff_id_of(Source& layer, HashAlgorithm algorithm);

// A layer passed on as it is, while another thread computes its diff_id from the same chunks. That thread
// keeps at most ChunkQueue::kMost chunks; when it is slower than the reader, the reader waits for it.
class DiffIdSource final : public Source {
 public:
  // Starts the thread; has_thread() says whether the system had one to give. `layer` must outlive it.
  DiffIdSource(Source& layer, HashAlgorithm algorithm);
  // Ends the thread, also in the middle of a layer, and waits for that.
  ~DiffIdSource() override;
  DiffIdSource(const DiffIdSource&) = delete;
  DiffIdSource& operator=(const DiffIdSource&) = delete;

  // The chunks of `layer`. Throws only what `layer` throws: a layer that cannot be decompressed is passed on
  // like any other, and diff_id() tells.
  [[nodiscard]] std::optional<Chunk> next() override;
  // False if the system had no thread to give: then diff_id() must not be called; use diff_id_of().
  [[nodiscard]] bool has_thread() const noexcept { return thread_.joinable(); }
  // Waits for the thread. Throws like diff_id_of(). To be called once.
  // REQUIRES: has_thread(), and next() has returned nullopt; otherwise it would wait for ever.
  [[nodiscard]] DiffId diff_id();

 private:
  void run(HashAlgorithm algorithm) noexcept;

  Source& layer_;
  ChunkQueue queue_;
  std::atomic<bool> is_given_up_ = false;
  std::optional<DiffId> diff_id_;  // these two are the thread's until it has been joined
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace imgcrypt
