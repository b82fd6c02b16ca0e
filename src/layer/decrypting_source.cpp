#include "layer/decrypting_source.hpp"

#include "base/work_time.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <utility>

namespace imgcrypt {

DecryptingSource::DecryptingSource(Source& cipher, const PrivateOptions& options, const LayerMac& mac,
                                   Lane& lane)
    : cipher_(cipher),
      ctr_(options.key, options.nonce),
      expected_mac_(mac.expected),
      mac_(&lane, mac.mac),
      buffers_(lane, 1) {}

std::size_t DecryptingSource::read(MutableByteView buffer) {
  if (state_ == State::kFailed) throw Error(ErrorCode::kIntegrity, "layer authentication failed");
  while (released_.empty()) {
    if (state_ == State::kVerified && held_.empty()) return 0;
    advance();
  }
  const std::size_t size = std::min(buffer.size(), released_.size());
  const WorkTimer timer(Work::kCipher);
  ctr_.apply(released_.first(size), buffer.first(size));
  released_ = released_.subspan(size);
  return size;
}

// What was held is released when what follows it has been read, and so, at the end, verified.
void DecryptingSource::advance() {
  ByteView next;
  if (state_ == State::kReading) {
    state_ = State::kFailed;  // unless all of this succeeds
    next = read_chunk();
  }
  released_ = std::exchange(held_, next);
}

// A whole chunk; less only at the end, which is then verified.
ByteView DecryptingSource::read_chunk() {
  const MutableByteView chunk = buffers_.next();
  std::size_t filled = 0;
  while (filled < chunk.size()) {
    const std::size_t size = cipher_.read(chunk.subspan(filled));
    if (size == 0) break;
    filled += size;
  }
  mac_.post(chunk.first(filled));
  const bool is_end = filled < chunk.size();
  if (is_end) require_equal_macs(mac_.finish(), expected_mac_);
  state_ = is_end ? State::kVerified : State::kReading;
  return chunk.first(filled);
}

}  // namespace imgcrypt
