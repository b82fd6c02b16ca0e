#include "keyprovider/grpc/offered_program.hpp"

#include "base/process/startable.hpp"
#include "base/text/json.hpp"
#include "keyprovider/grpc/buffer.hpp"
#include "keyprovider/grpc/remote_service.hpp"
#include "keyprovider/grpc/service_socket.hpp"
#include "keyprovider/serve.hpp"

#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/method_handler.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>

namespace imgcrypt::keyprovider::remote {
namespace {

constexpr int kProgramsAtATime = 8;
constexpr int kMostThreads = 64;  // each holds one request; those above it are refused

// The places for programs that run at the same time. Safe for use by several threads.
class Slots {
 public:
  // Waits for a place. False: the service ends, and there is none.
  [[nodiscard]] bool acquire() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return free_ > 0 || is_ending_; });
    if (is_ending_) return false;
    --free_;
    return true;
  }
  void release() {
    const std::lock_guard lock(mutex_);
    ++free_;
    changed_.notify_one();
  }
  // Whoever waits would keep the service from ending, one program after the other.
  void end() {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int free_ = kProgramsAtATime;
  bool is_ending_ = false;
};

class Slot {
 public:
  explicit Slot(Slots& slots) : slots_(slots), is_taken_(slots.acquire()) {}
  ~Slot() {
    if (is_taken_) slots_.release();
  }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  [[nodiscard]] bool is_taken() const noexcept { return is_taken_; }

 private:
  Slots& slots_;
  bool is_taken_;
};

// What the code that protoc generates would have: the methods, without types for their messages.
class KeyProviderService final : public ::grpc::Service {
 public:
  KeyProviderService(const Offer& offer, const DeathWatch& watch) : offer_(offer), watch_(watch) {
    add(kWrapMethod, "keywrap");
    add(kUnwrapMethod, "keyunwrap");
  }

  // Requests that wait for others are refused from now on.
  void end() { slots_.end(); }

 private:
  using Buffer = ::grpc::ByteBuffer;

  void add(const char* method, const char* operation) {
    using Method = ::grpc::internal::RpcMethodHandler<KeyProviderService, Buffer, Buffer>;
    const auto answer = [operation](KeyProviderService* service, ::grpc::ServerContext*,
                                    const Buffer* request,
                                    Buffer* reply) { return service->answer(operation, *request, *reply); };
    // The service takes the method, which takes the handler.
    AddMethod(new ::grpc::internal::RpcServiceMethod(method, ::grpc::internal::RpcMethod::NORMAL_RPC,
                                                     new Method(answer, this)));
  }

  ::grpc::Status answer(const std::string& operation, const Buffer& request, Buffer& reply) {
    try {
      const SecretBytes document = from_buffer(request);
      check_json(as_text(document.expose()));
      if (JsonView(as_text(document.expose())).get("op").string() != operation)
        return {::grpc::StatusCode::INVALID_ARGUMENT, "the request is not one for this method"};
      const Slot slot(slots_);
      if (!slot.is_taken())
        return {::grpc::StatusCode::UNAVAILABLE, "the service ends; ask again once it has been started"};
      reply =
          to_buffer(ChildProcess(offer_.program, offer_.limits, watch_).finish(document.expose()).expose());
      return ::grpc::Status::OK;
    } catch (const Error& error) {
      const bool is_request = error.code() == ErrorCode::kIntegrity || error.code() == ErrorCode::kRefused;
      return {is_request ? ::grpc::StatusCode::INVALID_ARGUMENT : ::grpc::StatusCode::UNKNOWN,
              describe(error)};
    } catch (const std::exception& error) {
      return {::grpc::StatusCode::INTERNAL, error.what()};
    }
  }

  const Offer& offer_;
  const DeathWatch& watch_;
  Slots slots_;
};

std::shared_ptr<::grpc::ServerCredentials> credentials_for(const Offer& offer) {
  if (offer.tls) return server_credentials(*offer.tls);
  if (!offer.address.socket.empty()) return ::grpc::InsecureServerCredentials();
  throw Error(ErrorCode::kRefused, "everybody who can reach a port could use the keys",
              "give --tls-cert, --tls-key and --tls-root-ca, or listen on unix:/PATH");
}

struct Listening {
  std::unique_ptr<::grpc::Server> server;
  int port;  // that was chosen if any was asked for; of a socket, no matter what
};

Listening listen(const Offer& offer, const std::string& target, KeyProviderService& service) {
  int port = 0;
  ::grpc::ResourceQuota quota;
  quota.SetMaxThreads(kMostThreads);
  ::grpc::ServerBuilder builder;
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(static_cast<int>(kMostProviderRequestBytes));
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(target, credentials_for(offer), &port);
  builder.RegisterService(&service);
  constexpr mode_t kOwnerOnly = 0177;
  const mode_t before = ::umask(kOwnerOnly);
  auto server = builder.BuildAndStart();
  ::umask(before);
  if (!server || port == 0)
    throw Error(ErrorCode::kUsage, "cannot listen on " + offer.address.text,
                "it must be free, be of this machine, and the certificate and the key must belong together");
  return {std::move(server), port};
}

void say_that_it_listens(const Address& address, int port) {
  const std::string& text = address.text;
  const std::string where =
      address.socket.empty() ? text.substr(0, text.rfind(':') + 1) + std::to_string(port) : text;
  write_all(STDOUT_FILENO, as_bytes("listening on " + where + "\n"), "stdout");
}

}  // namespace

void offer_program(const Offer& offer) {
  check_startable(offer.program.path);
  // While it runs, the signals that end us must not reach what a request waits for.
  sigset_t ending;
  ::sigemptyset(&ending);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&ending, signal);
  const DeathWatch watch;
  ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  KeyProviderService service(offer, watch);
  std::optional<ServiceSocket> socket;
  if (!offer.address.socket.empty()) socket.emplace(offer.address.socket);
  const auto [server, port] = listen(offer, socket ? socket->target() : offer.address.text, service);
  if (socket) socket->publish();
  say_that_it_listens(offer.address, port);
  int signal = 0;
  ::sigwait(&ending, &signal);
  ::pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
  // First, so that a successor can have the path from now on.
  socket.reset();
  service.end();
  // The limits end every request; a little more, so that its answer is on its way.
  server->Shutdown(std::chrono::system_clock::now() + offer.limits.time + std::chrono::seconds(2));
}

}  // namespace imgcrypt::keyprovider::remote
