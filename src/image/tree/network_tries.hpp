// How work on a blob goes on when the network fails. Transports have already repeated each request, but a
// stream cannot be continued in the middle: what was decrypted or encrypted is gone, and the blob is begun
// anew.
#pragma once

#include "base/cancel.hpp"
#include "base/parallel.hpp"
#include "transport/http/stall_clock.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {

inline constexpr int kNetworkTries = 3;

// Returns what `work` returns; calls it up to kNetworkTries times when it throws kNetwork, but not once more
// after `stop` is set, or after kMostSilences. Throws what the last call throws, and kCancelled between two.
// REQUIRES: each call makes everything anew, since sources cannot be rewound.
template <typename Work>
auto try_network(const StopFlag& stop, const Work& work) {
  unsigned silences = 0;
  for (int tries = 1;; ++tries) {
    try {
      return work();
    } catch (const Error& error) {
      silences += error.silences();
      const bool is_last = tries == kNetworkTries || silences >= kMostSilences || stop;
      if (error.code() != ErrorCode::kNetwork || is_last) throw;
      throw_if_cancelled();
    }
  }
}

}  // namespace imgcrypt
