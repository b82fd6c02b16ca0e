#include "base/stream/stream.hpp"

#include "base/cancel.hpp"
#include "base/stream/lane_buffers.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <string>

namespace imgcrypt {

namespace {

constexpr std::size_t kLeastRead = 4096;  // bytes

class Nowhere final : public Sink {
 public:
  void write(ByteView) override {}
};

}  // namespace

std::uint64_t pump(Source& source, Sink& sink) {
  Lane lane(LaneKind::kInline);
  return pump(source, sink, lane);
}

std::uint64_t pump(Source& source, Sink& sink, Lane& lane) {
  LaneBuffers buffers(lane);
  std::uint64_t total = 0;
  while (true) {
    throw_if_cancelled();
    const MutableByteView chunk = buffers.next();
    const std::size_t size = source.read(chunk);
    if (size == 0) return total;
    sink.write(chunk.first(size));
    total += size;
  }
}

std::uint64_t drain(Source& source) {
  Lane lane(LaneKind::kInline);
  return drain(source, lane);
}

std::uint64_t drain(Source& source, Lane& lane) {
  Nowhere nowhere;
  return pump(source, nowhere, lane);
}

Bytes read_all(Source& source, std::size_t limit, std::string_view what) {
  Bytes bytes;
  while (true) {
    const std::size_t used = bytes.size();
    bytes.resize(std::min(limit + 1, used + std::max(kLeastRead, used)));
    const std::size_t size = source.read(MutableByteView(bytes).subspan(used));
    bytes.resize(used + size);
    if (size == 0) return bytes;
    if (bytes.size() > limit) {
      throw Error(ErrorCode::kRefused,
                  std::string(what) + " is larger than " + std::to_string(limit) + " bytes");
    }
  }
}

std::size_t MemorySource::read(MutableByteView buffer) {
  const ByteView part = rest_.first(std::min(buffer.size(), rest_.size()));
  std::ranges::copy(part, buffer.data());
  rest_ = rest_.subspan(part.size());
  return part.size();
}

}  // namespace imgcrypt
