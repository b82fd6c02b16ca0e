#include "base/read_ahead_source.hpp"

namespace imgcrypt {

ReadAheadSource::ReadAheadSource(Source& inner, ReadAhead how) : inner_(inner), how_(how) {
  if (how == ReadAhead::kInThread) thread_ = std::thread([this] { run(); });
}

ReadAheadSource::~ReadAheadSource() {
  ring_.abandon();
  if (thread_.joinable()) thread_.join();
}

void ReadAheadSource::run() noexcept {
  try {
    for (MutableByteView room = ring_.room(); !room.empty(); room = ring_.room()) {
      const std::size_t size = inner_.read(room);
      if (size == 0) break;
      ring_.push(size);
    }
    ring_.end();
  } catch (...) {
    ring_.end(std::current_exception());
  }
}

std::size_t ReadAheadSource::read(MutableByteView buffer) {
  return how_ == ReadAhead::kNone ? inner_.read(buffer) : ring_.read(buffer);
}

}  // namespace imgcrypt
