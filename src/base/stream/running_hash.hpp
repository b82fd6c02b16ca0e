// A hash or MAC that is updated with the bytes of a stream while they pass, so that a HashQueue can update
// several of different types in turns. One thread at a time may use it.
#pragma once

#include "base/bytes.hpp"

namespace imgcrypt {

class RunningHash {
 public:
  virtual ~RunningHash() = default;
  // Adds bytes after those before. How they are divided into calls makes no difference to the result. Keeps
  // no view. Throws kOther if the cryptographic library fails.
  virtual void update(ByteView bytes) = 0;
};

}  // namespace imgcrypt
