#include "streamproc/broker.hpp"

#include "base/cancel.hpp"
#include "base/process/fork.hpp"
#include "base/process/orphans.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <csignal>
#include <optional>

namespace imgcrypt::streamproc {

// One question or answer: a word that says what it is, and two texts.
struct BrokerMessage {
  std::uint32_t word = 0;
  SecretBytes first;
  SecretBytes second;
};

namespace {

// Questions.
constexpr std::uint32_t kRequireConfigured = 1;  // first: the provider
constexpr std::uint32_t kExchange = 2;           // first: the provider, second: the document
constexpr std::uint32_t kProgramOf = 3;          // first: the provider
// Answers: kDone, or the code of an Error, with its message and hint.
constexpr std::uint32_t kDone = 0;  // second: the provider's answer to a document, or its program

constexpr std::size_t kMostTextBytes = std::size_t{4}
                                       << 20U;  // of either text: far above every document's limit
constexpr int kPatience = 2000;                 // milliseconds for the end of the broker

// What goes first through the socket. Both ends are the same program.
struct Frame {
  std::uint32_t word;
  std::uint32_t first_size;
  std::uint32_t second_size;
};

// False at the end of the other side.
bool receive_all(int socket, MutableByteView bytes) {
  while (!bytes.empty()) {
    const std::size_t size = read_some(socket, bytes, "socket of the broker");
    if (size == 0) return false;
    bytes = bytes.subspan(size);
  }
  return true;
}

std::optional<BrokerMessage> receive(int socket) {
  std::array<std::uint8_t, sizeof(Frame)> head{};
  if (!receive_all(socket, head)) return std::nullopt;
  const auto frame = std::bit_cast<Frame>(head);
  if (frame.first_size > kMostTextBytes || frame.second_size > kMostTextBytes) return std::nullopt;
  BrokerMessage message{frame.word, SecretBytes(frame.first_size), SecretBytes(frame.second_size)};
  const bool is_whole = receive_all(socket, message.first.expose_mutable()) &&
                        receive_all(socket, message.second.expose_mutable());
  return is_whole ? std::optional(std::move(message)) : std::nullopt;
}

void send(int socket, const BrokerMessage& message) {
  const Frame frame{message.word, static_cast<std::uint32_t>(message.first.size()),
                    static_cast<std::uint32_t>(message.second.size())};
  const std::string what = "socket of the broker";
  write_all(socket, std::bit_cast<std::array<std::uint8_t, sizeof(Frame)>>(frame), what);
  write_all(socket, message.first.expose(), what);
  write_all(socket, message.second.expose(), what);
}

SecretBytes text(std::string_view text) { return SecretBytes::copy_of(as_bytes(text)); }

BrokerMessage failure(ErrorCode code, const std::string& message, const std::string& hint) {
  return {static_cast<std::uint32_t>(code), text(message.substr(0, kMostTextBytes)),
          text(hint.substr(0, kMostTextBytes))};
}

BrokerMessage answer(KeyProviders& providers, const BrokerMessage& question) {
  const std::string name(as_text(question.first.expose()));
  try {
    if (question.word == kExchange) return {kDone, {}, providers.exchange(name, question.second)};
    if (question.word == kProgramOf) return {kDone, {}, text(providers.program_of(name))};
    providers.require_configured(name);
    return {kDone, {}, {}};
  } catch (const Error& error) {
    return failure(error.code(), error.message(), error.hint());
  } catch (const std::exception& error) {
    return failure(ErrorCode::kOther, error.what(), {});
  }
}

// Whoever waits for the end of the decoder's stdin, stdout or stderr must not wait for the broker, nor for
// what it starts.
void keep_only(int socket) {
  const Fd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) ::dup2(nothing.get(), fd);
  for (int fd = STDERR_FILENO + 1; fd < socket; ++fd) ::close(fd);
  ::syscall(SYS_close_range, socket + 1, ~0U, 0);
}

// The signals that cancel are blocked by fork_child, as a fork must; they are how the decoder ends us.
void take_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

void answer_questions(int socket, const ProviderSettings& settings) {
  KeyProviders providers(settings);
  while (const auto question = receive(socket)) send(socket, answer(providers, *question));
}

[[noreturn]] void serve(int socket, pid_t decoder, const ProviderSettings& settings) {
  // The decoder's death cancels what we are waiting for.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != decoder) ::_exit(0);
  try {
    keep_only(socket);
    const Orphans orphans;
    take_signals();
    try {
      answer_questions(socket, settings);
    } catch (const std::exception&) {
      // cancelled, or the decoder is gone: nobody listens
    }
    orphans.kill();
  } catch (const std::exception&) {
    ::_exit(1);
  }
  ::_exit(0);
}

}  // namespace

Broker::Broker(const ProviderSettings& settings) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw errno_error("make a socket for the process that starts key providers");
  socket_ = Fd(ends[0]);
  Fd other(ends[1]);
  const pid_t decoder = ::getpid();
  // NOLINTNEXTLINE(cppcoreguidelines-prefer-member-initializer): the socket comes first
  process_ = fork_child("start the process that starts key providers");
  if (process_ == 0) serve(other.get(), decoder, settings);
}

Broker::~Broker() {
  ::kill(process_, SIGTERM);
  socket_.reset();
  // Not waitpid alone: it has no time limit, and a program that the broker may not kill could hang.
  for (int waited = 0; waited < kPatience && ::waitpid(process_, nullptr, WNOHANG) == 0; ++waited)
    ::poll(nullptr, 0, 1);
}

BrokerMessage Broker::ask_broker(const BrokerMessage& question) {
  const std::lock_guard lock(mutex_);
  std::optional<BrokerMessage> reply;
  try {
    send(socket_.get(), question);
    reply = receive(socket_.get());
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
  }
  if (!reply) throw Error(ErrorCode::kProvider, "the process that starts key providers was killed");
  if (reply->word == kDone) return std::move(*reply);
  throw_if_cancelled();  // the signal may have reached both
  throw Error(static_cast<ErrorCode>(reply->word), std::string(as_text(reply->first.expose())),
              std::string(as_text(reply->second.expose())));
}

void Broker::require_configured(const std::string& name) {
  (void)ask_broker({kRequireConfigured, text(name), {}});
}

SecretBytes Broker::exchange(const std::string& name, const SecretBytes& document) {
  return ask_broker({kExchange, text(name), SecretBytes::copy_of(document.expose())}).second;
}

std::string Broker::program_of(const std::string& name) {
  return std::string(as_text(ask_broker({kProgramOf, text(name), {}}).second.expose()));
}

}  // namespace imgcrypt::streamproc
