// What takes bytes in their order as they pass: a hash or a MAC.
#pragma once

#include "base/bytes.hpp"

namespace imgcrypt {

class RunningHash {
 public:
  virtual ~RunningHash() = default;
  virtual void update(ByteView bytes) = 0;
};

}  // namespace imgcrypt
