#include "base/stream/stoppable_source.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {

std::optional<Chunk> StoppableSource::next() {
  if (stop_) throw Error(ErrorCode::kCancelled, "stopped: another layer failed");
  return inner_.next();
}

}  // namespace imgcrypt
