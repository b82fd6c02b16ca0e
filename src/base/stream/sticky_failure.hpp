// How a Source keeps its promise to throw again once it has thrown: a source that went on after a failure
// would leave a chunk out, and everything that it computes from its chunks would agree with that.
#pragma once

#include "base/stream/chunk.hpp"

#include <exception>
#include <optional>

namespace imgcrypt {

class StickyFailure {
 public:
  // What `read` returns. What it throws is thrown now and, without calling `read`, ever after.
  template <typename Read>
  [[nodiscard]] std::optional<Chunk> guard(Read read) {
    if (failure_) std::rethrow_exception(failure_);
    try {
      return read();
    } catch (...) {
      failure_ = std::current_exception();
      throw;
    }
  }

 private:
  std::exception_ptr failure_;
};

}  // namespace imgcrypt
