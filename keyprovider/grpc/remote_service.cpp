#include "keyprovider/grpc/remote_service.hpp"

#include "base/cancel.hpp"
#include "base/text/duration.hpp"
#include "keyprovider/grpc/buffer.hpp"

#include <grpcpp/create_channel.h>

#include <array>

namespace imgcrypt::keyprovider::remote {
namespace {

// Of an answer, as of a program's.
constexpr int kMostMessageBytes = 1024 * 1024;

std::shared_ptr<::grpc::Channel> channel_to(const Address& address, const std::optional<TlsFiles>& tls) {
  ::grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMostMessageBytes);
  // Keys go to the service that is named and nowhere else, and nothing but this program repeats a request.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  if (!address.socket.empty()) arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  if (tls && !tls->server_name.empty()) arguments.SetSslTargetNameOverride(tls->server_name);
  return ::grpc::CreateCustomChannel(
      address.target, tls ? channel_credentials(*tls) : ::grpc::InsecureChannelCredentials(), arguments);
}

// Until the call has ended, which it does soon after a cancel.
void wait_for_end(::grpc::CompletionQueue& queue, ::grpc::ClientContext& context) {
  constexpr std::chrono::milliseconds kTick(100);
  void* tag = nullptr;
  bool is_ok = false;
  while (queue.AsyncNext(&tag, &is_ok, std::chrono::system_clock::now() + kTick) ==
         ::grpc::CompletionQueue::TIMEOUT) {
    if (cancel_signal() != 0) context.TryCancel();
  }
}

struct Cure {
  std::string_view sign;  // in what gRPC says
  const char* hint;
};

constexpr std::array kCures = {
    Cure{"certificate verify failed",
         "\"root-ca-file\" must be of the authority that signed the service's certificate"},
    Cure{"Peer name", "\"server-name\" must be a name in the service's certificate"},
    Cure{"wrong version number", "the service speaks without TLS: leave out \"grpc-tls\""},
    // gRPC tries no address at all with credentials that it could not use.
    Cure{"empty address list", "\"cert-file\" and \"key-file\" must be of the same key"},
    Cure{"No such file or directory", "start the service, or correct its address"},
    Cure{"Connection refused", "start the service, or correct its address"},
    Cure{"Permission denied", "the socket's mode lets only some users in"},
    Cure{"Socket closed", "it ended, or it wants TLS, or a certificate of ours that it trusts"},
    Cure{"Connection reset", "it ended, or it wants TLS, or a certificate of ours that it trusts"}};

// Of "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: why" it leaves the last two.
std::string without_preamble(const std::string& message) {
  constexpr std::string_view kLast = "last error: ";
  const std::size_t last = message.find(kLast);
  if (last == std::string::npos) return message;
  const std::size_t code_end = message.find(": ", last + kLast.size());
  return code_end == std::string::npos ? message : "cannot connect: " + message.substr(code_end + 2);
}

std::string hint_for(const std::string& message) {
  for (const Cure& cure : kCures) {
    if (message.find(cure.sign) != std::string::npos) return cure.hint;
  }
  return {};
}

}  // namespace

RemoteService::RemoteService(Address address, const std::optional<TlsFiles>& tls,
                             std::chrono::milliseconds timeout)
    : address_(std::move(address)), timeout_(timeout), stub_(channel_to(address_, tls)) {}

SecretBytes RemoteService::call(ProviderOperation operation, const SecretBytes& document) {
  if (was_late_) throw Error(*was_late_);
  ::grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + timeout_);
  ::grpc::CompletionQueue queue;
  const auto reader =
      stub_.PrepareUnaryCall(&context, operation == ProviderOperation::kWrap ? kWrapMethod : kUnwrapMethod,
                             to_buffer(document.expose()), &queue);
  ::grpc::ByteBuffer answer;
  ::grpc::Status status;
  reader->StartCall();
  reader->Finish(&answer, &status, this);
  wait_for_end(queue, context);
  throw_if_cancelled();
  if (!status.ok()) {
    const Error failure = failure_of(status);
    if (status.error_code() == ::grpc::StatusCode::DEADLINE_EXCEEDED) was_late_ = failure;
    throw Error(failure);
  }
  try {
    return from_buffer(answer);
  } catch (const Error& error) {
    throw Error(ErrorCode::kProvider, address_.text + ": its answer is " + error.message());
  }
}

Error RemoteService::failure_of(const ::grpc::Status& status) const {
  const auto failure = [&](const std::string& what, const std::string& hint) {
    return Error(ErrorCode::kProvider, address_.text + ": " + what, hint);
  };
  switch (status.error_code()) {
    case ::grpc::StatusCode::DEADLINE_EXCEEDED:
      return failure("no answer within " + in_words(timeout_),
                     "the service is busy, or what listens there does not speak gRPC");
    case ::grpc::StatusCode::UNIMPLEMENTED:
      return failure("the service cannot do this: " + status.error_message(),
                     "some services only wrap, or only unwrap");
    default:
      return failure(status.error_message().empty()
                         ? "gRPC status " + std::to_string(static_cast<int>(status.error_code()))
                         : without_preamble(status.error_message()),
                     hint_for(status.error_message()));
  }
}

}  // namespace imgcrypt::keyprovider::remote
