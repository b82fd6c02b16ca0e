// A blob that is checked against its descriptor while it is read: its verified end is only reached when size
// and digest are right. Else kIntegrity, "blob ... damaged".
#pragma once

#include "base/stream/lane.hpp"
#include "base/stream/stream.hpp"
#include "oci/descriptor.hpp"

#include <memory>

namespace imgcrypt {

class VerifyingSource final : public Source {
 public:
  // Hashed in the lane, if there is one: then what read() gives must stay as it is until the lane is done.
  VerifyingSource(std::unique_ptr<Source> inner, const Digest& digest, std::uint64_t size,
                  Lane* lane = nullptr);
  std::size_t read(MutableByteView buffer) override;

 private:
  [[noreturn]] void fail(const std::string& why);
  std::size_t finish();

  std::unique_ptr<Source> inner_;
  Digest digest_;
  std::uint64_t size_;
  std::uint64_t seen_ = 0;
  HashInLane<Hasher> hasher_;
  std::string failure_;
  bool verified_ = false;
};

}  // namespace imgcrypt
