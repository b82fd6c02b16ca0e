// A layer's diff_id (OCI image specification, "Layer DiffID"): the digest of the layer when it is
// decompressed, which says whether it is the layer that an image's config means.
#pragma once

#include "base/stream/chunk_queue.hpp"
#include "oci/digest.hpp"

#include <atomic>
#include <thread>

namespace imgcrypt {

// Reads the layer to its end. Throws kIntegrity when it cannot be decompressed.
[[nodiscard]] Digest diff_id_of(Source& layer, HashAlgorithm algorithm);

// A layer passed on as it is, while its diff_id is taken in a thread of its own, if the system has one to
// give.
class DiffIdSource final : public Source {
 public:
  // `layer` must outlive it.
  DiffIdSource(Source& layer, HashAlgorithm algorithm);
  ~DiffIdSource() override;
  DiffIdSource(const DiffIdSource&) = delete;
  DiffIdSource& operator=(const DiffIdSource&) = delete;

  // Fails with `layer` only: what cannot be decompressed is passed on as well.
  [[nodiscard]] std::optional<Chunk> next() override;
  // False when the system had none to give: then use diff_id_of().
  [[nodiscard]] bool has_thread() const noexcept { return thread_.joinable(); }
  // Throws as diff_id_of(). Once. REQUIRES: has_thread(), and next() has returned nullopt.
  [[nodiscard]] Digest diff_id();

 private:
  void run(HashAlgorithm algorithm) noexcept;

  Source& layer_;
  ChunkQueue queue_;
  std::atomic<bool> is_given_up_ = false;
  std::optional<Digest> diff_id_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace imgcrypt
