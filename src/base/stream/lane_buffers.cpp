#include "base/stream/lane_buffers.hpp"

namespace imgcrypt {
namespace {

// Enough that neither side waits for the other's hiccups, and that a buffer has left the cache of the other's
// core before it is written again: taking it from there would cost more than the cipher. 2 MiB.
constexpr std::size_t kAhead = 16;

}  // namespace

LaneBuffers::LaneBuffers(Lane& lane, std::size_t kept)
    : lane_(lane), slots_(1 + kept + (lane.kind() == LaneKind::kThread ? kAhead : 0)) {}

MutableByteView LaneBuffers::next() {
  slots_[newest_].posted = lane_.posted();
  newest_ = (newest_ + 1) % slots_.size();
  Slot& slot = slots_[newest_];
  // Lest the two threads wake each other for every chunk, it waits for several, if it has to.
  lane_.wait(slot.posted, slots_[(newest_ + kAhead / 2) % slots_.size()].posted);
  return slot.bytes.view();
}

}  // namespace imgcrypt
