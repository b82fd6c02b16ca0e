// A blob that is checked against its descriptor while it is read: its verified end is only reached when size
// and digest are right. Else kIntegrity, "blob ... damaged".
#pragma once

#include "base/stream/chunk_hash.hpp"
#include "base/stream/stream.hpp"
#include "oci/descriptor.hpp"

#include <memory>

namespace imgcrypt {

class VerifyingSource final : public Source {
 public:
  VerifyingSource(std::unique_ptr<Source> inner, const Digest& digest, std::uint64_t size);
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  [[noreturn]] void fail(const std::string& why);
  void finish();

  std::unique_ptr<Source> inner_;
  Digest digest_;
  std::uint64_t size_;
  std::uint64_t seen_ = 0;
  ChunkHash<Hasher> hasher_;
  std::string failure_;
  bool verified_ = false;
};

}  // namespace imgcrypt
