// What is written, kept in memory.
#pragma once

#include "base/stream/lane.hpp"
#include "base/stream/stream.hpp"

namespace imgcrypt::test {

class MemorySink final : public Sink {
 public:
  void write(ByteView chunk) override { bytes.insert(bytes.end(), chunk.begin(), chunk.end()); }
  Bytes bytes;
};

// The whole of a source that posts what it gives to the lane.
inline Bytes pump_all(Source& source, Lane& lane) {
  MemorySink sink;
  pump(source, sink, lane);
  return std::move(sink.bytes);
}

}  // namespace imgcrypt::test
