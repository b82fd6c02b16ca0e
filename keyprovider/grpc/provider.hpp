// The provider whose keys are a service's: it passes on what it is asked and checks what comes back.
#pragma once

#include "keyprovider/grpc/remote_service.hpp"
#include "keyprovider/serve.hpp"

namespace imgcrypt::keyprovider::remote {

class GrpcProvider final : public KeyProvider {
 public:
  // `name` is that of the provider in requests. `service` must outlive this.
  GrpcProvider(RemoteService& service, std::string name) : service_(service), name_(std::move(name)) {}

  // Both throw as RemoteService::call, what the answer reports (failure_in_reply), and kProvider for what is
  // not an answer. Without a result: kProvider when wrapping, kNoKey when unwrapping.
  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override;
  SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) override;

 private:
  std::optional<SecretBytes> ask(const ProviderRequest& request);

  RemoteService& service_;
  std::string name_;
};

}  // namespace imgcrypt::keyprovider::remote
