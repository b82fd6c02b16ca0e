// The bytes of a blob as they come from a registry, unchecked: beneath a VerifyingSource. When the connection
// breaks it goes on where it broke. Belongs to one thread at a time.
#pragma once

#include "base/stream/chunk_pool.hpp"
#include "base/stream/sticky_failure.hpp"
#include "base/stream/stream.hpp"
#include "oci/descriptor.hpp"
#include "transport/http/waiting.hpp"
#include "transport/registry/registry_connection.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

class BlobDownload final : public Source {
 public:
  // Sends the first request. Connection and pool must outlive it. Throws kNotFound when the registry says
  // that it lacks the blob, kRegistry, kNetwork, kCancelled.
  BlobDownload(RegistryConnection& connection, const Descriptor& blob, ChunkPool& pool);
  // Chunks are full, but for the last one. Throws as the constructor, after as many tries without a new byte
  // as the options say.
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  [[nodiscard]] std::optional<Chunk> read_next();
  [[nodiscard]] std::size_t read_some(MutableByteView room);
  void begin();
  void begin_again();
  [[nodiscard]] std::unique_ptr<HttpExchange> ask(const std::string& path, std::uint64_t from);
  void skip(std::uint64_t bytes);

  RegistryConnection& connection_;
  Descriptor blob_;
  ChunkPool& pool_;
  std::string path_;  // where it was found
  std::unique_ptr<HttpExchange> answer_;
  std::uint64_t position_ = 0;    // bytes read
  std::uint64_t last_break_ = 0;  // the position then
  Backoff backoff_;
  StickyFailure failure_;
};

// Where a registry may have the blob, in the order to look: documents are manifests/DIGEST, others
// blobs/DIGEST; what an index lists besides them is registered as a manifest too.
[[nodiscard]] std::vector<std::string> paths_of(const Descriptor& blob);

struct BlobFinding {
  bool is_there = false;
  std::optional<std::uint64_t> size = std::nullopt;  // in bytes, if the registry says it
  std::string sent_to = {};  // the host that lacks it, if the registry sent us to another one
};
// By HEAD, at the first of those paths that has it. Throws kRegistry, kNetwork, kCancelled.
[[nodiscard]] BlobFinding find_blob(RegistryConnection& connection, const Descriptor& blob);
// kNotFound. `sent_to` as in BlobFinding.
[[nodiscard]] Error missing_blob(const RegistryConnection& connection, const Descriptor& blob,
                                 const std::string& sent_to);

}  // namespace imgcrypt
