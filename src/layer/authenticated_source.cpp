#include "layer/authenticated_source.hpp"

#include "base/work_time.hpp"

#include <imgcrypt/error.hpp>

#include <utility>

namespace imgcrypt {

AuthenticatedSource::AuthenticatedSource(Source& cipher, const PrivateOptions& options,
                                         PublicOptions public_options)
    : cipher_(cipher), hmac_(options.key), public_options_(std::move(public_options)) {}

std::size_t AuthenticatedSource::read(MutableByteView buffer) {
  if (state_ == State::kFailed) throw Error(ErrorCode::kIntegrity, "layer authentication failed");
  if (state_ == State::kVerified) return 0;
  if (const std::size_t size = cipher_.read(buffer); size > 0) {
    const WorkTimer timer(Work::kHmac);
    hmac_.update(buffer.first(size));
    return size;
  }
  state_ = equal_constant_time(hmac_.finish(), public_options_.hmac) ? State::kVerified : State::kFailed;
  return read(buffer);
}

}  // namespace imgcrypt
