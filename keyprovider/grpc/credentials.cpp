#include "keyprovider/grpc/credentials.hpp"

#include "keyprovider/key_places.hpp"

#include <grpcpp/security/tls_credentials_options.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace imgcrypt::keyprovider::remote {
namespace {

constexpr std::size_t kMostFileBytes = std::size_t{4} << 20U;
constexpr std::string_view kCertificate = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kPrivateKey = "PRIVATE KEY-----";

// Where systems have the authorities that they trust.
constexpr std::array kSystemRoots = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                     "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

// gRPC only says that a connection failed when there is nothing of use in a file.
std::string read_pem(const std::string& file, std::string_view part, const std::string& what) {
  const SecretBytes content = read_key_file(file, kMostFileBytes);
  const std::string_view text = as_text(content.expose());
  if (text.find(part) == std::string_view::npos)
    throw Error(ErrorCode::kUsage, file + ": it has no " + what + " in PEM");
  if (text.find("ENCRYPTED") != std::string_view::npos)
    throw Error(ErrorCode::kUsage, file + ": it has a passphrase", "give a key without one, of mode 0600");
  return std::string(text);
}

std::string certificates_in(const std::string& file) { return read_pem(file, kCertificate, "certificate"); }

std::string roots_of(const TlsFiles& files) {
  if (!files.root_ca.empty()) return certificates_in(files.root_ca);
  for (const char* file : kSystemRoots) {
    if (::access(file, R_OK) == 0) return certificates_in(file);
  }
  throw Error(ErrorCode::kUsage, "this system has no list of authorities that it trusts",
              "name the service's by \"root-ca-file\"");
}

void require_pair(const TlsFiles& files) {
  if (files.certificate.empty() == files.key.empty()) return;
  throw Error(ErrorCode::kUsage,
              files.key.empty() ? "a certificate without its key is of no use"
                                : "a key without its certificate is of no use",
              "\"cert-file\" and \"key-file\" belong together");
}

// Verifying nothing is not among the stable options.
std::shared_ptr<::grpc::ChannelCredentials> unverifying(const ::grpc::SslCredentialsOptions& pem) {
  namespace tls = ::grpc::experimental;
  tls::TlsChannelCredentialsOptions options;
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(std::make_shared<tls::NoOpCertificateVerifier>());
  if (!pem.pem_cert_chain.empty()) {
    const std::vector<tls::IdentityKeyCertPair> pairs = {{pem.pem_private_key, pem.pem_cert_chain}};
    options.set_certificate_provider(std::make_shared<tls::StaticDataCertificateProvider>(pairs));
    options.watch_identity_key_cert_pairs();
  }
  return tls::TlsCredentials(options);
}

}  // namespace

std::shared_ptr<::grpc::ChannelCredentials> channel_credentials(const TlsFiles& files) {
  require_pair(files);
  ::grpc::SslCredentialsOptions options;
  if (!files.certificate.empty()) {
    options.pem_cert_chain = certificates_in(files.certificate);
    options.pem_private_key = read_pem(files.key, kPrivateKey, "private key");
  }
  if (files.skips_verification) return unverifying(options);
  options.pem_root_certs = roots_of(files);
  return ::grpc::SslCredentials(options);
}

std::shared_ptr<::grpc::ServerCredentials> server_credentials(const TlsFiles& files) {
  if (files.root_ca.empty() || files.certificate.empty() || files.key.empty()) {
    throw Error(ErrorCode::kRefused,
                "a service with TLS needs its certificate, its key and its clients' authority",
                "give --tls-cert, --tls-key and --tls-root-ca");
  }
  ::grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = certificates_in(files.root_ca);
  options.pem_key_cert_pairs.push_back(
      {read_pem(files.key, kPrivateKey, "private key"), certificates_in(files.certificate)});
  return ::grpc::SslServerCredentials(options);
}

}  // namespace imgcrypt::keyprovider::remote
