// Buffers for bytes that are hashed in a lane: each is given out again when the lane is done with all that
// was posted of it.
#pragma once

#include "base/stream/lane.hpp"
#include "base/stream/stream.hpp"

namespace imgcrypt {

class LaneBuffers {
 public:
  // `kept` is how many stay valid besides the newest. The lane must outlive them.
  explicit LaneBuffers(Lane& lane, std::size_t kept = 0);
  ~LaneBuffers() { lane_.settle(); }
  LaneBuffers(const LaneBuffers&) = delete;
  LaneBuffers& operator=(const LaneBuffers&) = delete;

  // kChunkSize bytes. What is posted of them must be posted while they are the newest.
  [[nodiscard]] MutableByteView next();

 private:
  struct Slot {
    Buffer bytes{kChunkSize};
    std::uint64_t posted = 0;  // updates that may read it: those up to this one
  };

  Lane& lane_;
  std::vector<Slot> slots_;
  std::size_t newest_ = 0;
};

}  // namespace imgcrypt
