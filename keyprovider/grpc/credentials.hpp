// TLS of both sides, from files in PEM. They are read once.
#pragma once

#include <imgcrypt/error.hpp>

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

namespace imgcrypt::keyprovider::remote {

// Empty members are not given. To a client they are the members of `grpc-tls` in a configuration.
struct TlsFiles {
  std::string root_ca;  // whom the other side's certificate must be signed by; empty: whom the system trusts
  std::string certificate;
  std::string key;
  std::string server_name;  // that the service's certificate must have, if not the host of its address
  bool skips_verification = false;
};

// Of a client. Throws kUsage, naming the file or the option, for what cannot be used.
[[nodiscard]] std::shared_ptr<::grpc::ChannelCredentials> channel_credentials(const TlsFiles& files);

// Of a service whose clients must show a certificate that `root_ca` signed. Throws the same, and kRefused if
// one of the three files is not given.
[[nodiscard]] std::shared_ptr<::grpc::ServerCredentials> server_credentials(const TlsFiles& files);

}  // namespace imgcrypt::keyprovider::remote
