// A key provider service that is asked over gRPC. Its connection is made by the first call and kept.
#pragma once

#include "keyprovider/grpc/address.hpp"
#include "keyprovider/grpc/credentials.hpp"
#include "keywrap/provider/provider_protocol.hpp"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <optional>

namespace imgcrypt::keyprovider::remote {

// Both sides call these.
inline constexpr const char* kWrapMethod = "/keyprovider.KeyProviderService/WrapKey";
inline constexpr const char* kUnwrapMethod = "/keyprovider.KeyProviderService/UnWrapKey";

// One thread at a time.
class RemoteService {
 public:
  // Connects to nothing yet. Without `tls` the connection is in the clear. Throws as channel_credentials.
  RemoteService(Address address, const std::optional<TlsFiles>& tls, std::chrono::milliseconds timeout);

  // For messages.
  [[nodiscard]] const std::string& address() const noexcept { return address_.text; }

  // The service's answer to a document, neither of them looked into. Throws kProvider, naming the address,
  // for a service that cannot be reached, that fails, or that does not answer in time, which then is not
  // asked again; kCancelled within 100 ms.
  [[nodiscard]] SecretBytes call(ProviderOperation operation, const SecretBytes& document);

 private:
  [[nodiscard]] Error failure_of(const ::grpc::Status& status) const;

  Address address_;
  std::chrono::milliseconds timeout_;
  ::grpc::GenericStub stub_;
  std::optional<Error> was_late_;
};

}  // namespace imgcrypt::keyprovider::remote
