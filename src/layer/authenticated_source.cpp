#include "layer/authenticated_source.hpp"

namespace imgcrypt {

AuthenticatedSource::AuthenticatedSource(Source& cipher, const LayerMac& hmac)
    : cipher_(cipher), hmac_(hmac.mac), expected_(hmac.expected) {}

std::optional<Chunk> AuthenticatedSource::next() {
  return failure_.guard([this] { return read_next(); });
}

std::optional<Chunk> AuthenticatedSource::read_next() {
  // A MAC can be finished only once, but the end may be asked for again.
  if (is_verified_) return std::nullopt;
  std::optional<Chunk> chunk = cipher_.next();
  if (chunk) {
    hmac_.update(*chunk);
  } else {
    require_equal_macs(hmac_.finish(), expected_);
    is_verified_ = true;
  }
  return chunk;
}

}  // namespace imgcrypt
