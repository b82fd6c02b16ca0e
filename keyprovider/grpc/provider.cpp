#include "keyprovider/grpc/provider.hpp"

#include "base/text/json.hpp"

namespace imgcrypt::keyprovider::remote {

Bytes GrpcProvider::wrap(const std::vector<std::string>& parameters, const SecretBytes& options) {
  const auto packet = ask({ProviderOperation::kWrap, parameters, SecretBytes::copy_of(options.expose())});
  if (!packet) throw Error(ErrorCode::kProvider, service_.address() + ": it wrapped nothing");
  return to_bytes(packet->expose());
}

SecretBytes GrpcProvider::unwrap(const std::vector<std::string>& parameters, ByteView packet) {
  auto options = ask({ProviderOperation::kUnwrap, parameters, SecretBytes::copy_of(packet)});
  if (!options) throw Error(ErrorCode::kNoKey, service_.address() + ": it returned no key");
  return std::move(*options);
}

std::optional<SecretBytes> GrpcProvider::ask(const ProviderRequest& request) {
  const SecretBytes reply = service_.call(request.operation, format_provider_request(request, name_));
  std::optional<Error> reported;
  try {
    check_json(as_text(reply.expose()));
    if (auto result = parse_provider_reply(request.operation, reply.expose())) return result;
    reported = failure_in_reply(reply.expose());
  } catch (const Error& error) {
    const std::string shown = harmless_beginning(as_text(reply.expose()));
    throw Error(ErrorCode::kProvider, service_.address() + ": its reply" +
                                          (shown.empty() ? "" : " \"" + shown + "\"") + ": " +
                                          error.message());
  }
  if (reported) throw reported->in(service_.address());
  return std::nullopt;
}

}  // namespace imgcrypt::keyprovider::remote
