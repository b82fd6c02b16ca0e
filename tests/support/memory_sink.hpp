// What is written, kept in memory.
#pragma once

#include "base/stream/stream.hpp"

namespace imgcrypt::test {

class MemorySink final : public Sink {
 public:
  void write(Chunk chunk) override { bytes.insert(bytes.end(), chunk.view().begin(), chunk.view().end()); }
  Bytes bytes;
};

inline Bytes pump_all(Source& source) {
  MemorySink sink;
  pump(source, sink);
  return std::move(sink.bytes);
}

}  // namespace imgcrypt::test
