// A key provider program that is offered as a service over gRPC.
#pragma once

#include "base/process/child_process.hpp"
#include "keyprovider/grpc/address.hpp"
#include "keyprovider/grpc/credentials.hpp"

#include <optional>

namespace imgcrypt::keyprovider::remote {

struct Offer {
  Address address;
  std::optional<TlsFiles> tls;
  Program program;  // one of the keyprovider protocol, which is started for each request
  ProgramLimits limits;
};

// Serves until SIGINT, SIGTERM or SIGHUP; requests that run then are answered, within the limits, unless
// another such signal comes. Writes "listening on ADDRESS" to stdout once it can be asked. Only its owner can
// reach a socket, and only who has a certificate a port. Throws kRefused for a port without TLS, kUsage for
// an address that cannot be had, kProvider for a program that cannot be started. REQUIRES: no thread has been
// started.
void offer_program(const Offer& offer);

}  // namespace imgcrypt::keyprovider::remote
