#include "transport/http/http_exchange.hpp"

#include "base/cancel.hpp"
#include "base/work_time.hpp"
#include "transport/http/transfer_error.hpp"
#include "transport/http/waiting.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::chrono::seconds kForTidyingUp(5);
// For what a request that is ended early still has to send.
constexpr std::chrono::seconds kForEnding(20);

std::chrono::seconds time_limit(const HttpSettings& settings, const HttpRequest& request) {
  if (request.cancel == Cancel::kIgnored) return std::min(settings.timeout, kForTidyingUp);
  return settings.timeout + request.patience;
}

}  // namespace

HttpExchange::HttpExchange(HttpShared& shared, HttpRequest request)
    : shared_(shared),
      request_(std::move(request)),
      line_(shared.lines.take()),
      header_lines_(request_),
      clock_(time_limit(shared.settings, request_)) {
  configure();
  if (curl_library().multi_add_handle(line_->multi(), line_->easy()) != CURLM_OK)
    throw Error(ErrorCode::kOther, "libcurl takes no more transfers");
}

HttpExchange::~HttpExchange() {
  // Closes the connection if the transfer is not over.
  curl_library().multi_remove_handle(line_->multi(), line_->easy());
  // After a failure libcurl may still hold on to what was connected, and then refuses options.
  if (is_over_ && result_ == CURLE_OK) shared_.lines.give_back(std::move(line_));
}

void HttpExchange::configure() {
  set_options(*line_, request_, shared_.settings);
  line_->set(CURLOPT_HTTPHEADER, header_lines_.list());
  line_->set(CURLOPT_ERRORBUFFER, curl_words_.data());
  line_->set(CURLOPT_HEADERFUNCTION, &HttpExchange::on_header);
  line_->set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  line_->set(CURLOPT_WRITEFUNCTION, &HttpExchange::on_body);
  line_->set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  if (request_.body == nullptr) return;
  line_->set(CURLOPT_READFUNCTION, &HttpExchange::on_send);
  line_->set(CURLOPT_READDATA, static_cast<void*>(this));
  line_->set(CURLOPT_SEEKFUNCTION, &HttpExchange::on_rewind);
  line_->set(CURLOPT_SEEKDATA, static_cast<void*>(this));
}

std::size_t HttpExchange::on_header(char* text, std::size_t size, std::size_t count, void* self) noexcept {
  auto& exchange = *static_cast<HttpExchange*>(self);
  try {
    exchange.head_.take({text, size * count}, exchange.request_.url);
    return size * count;
  } catch (...) {
    exchange.failure_ = std::current_exception();
    return 0;
  }
}

std::size_t HttpExchange::on_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept {
  auto& exchange = *static_cast<HttpExchange*>(self);
  try {
    return exchange.take({reinterpret_cast<const std::uint8_t*>(bytes), size * count});
  } catch (...) {
    exchange.failure_ = std::current_exception();
    return 0;
  }
}

// libcurl wants all or nothing to be taken, and gives it again after a pause.
std::size_t HttpExchange::take(ByteView bytes) {
  if (surplus_read_ < surplus_.size() || (filled_ == room_.size() && !room_.empty())) {
    is_paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  const std::size_t fitting = std::min(bytes.size(), room_.size() - filled_);
  if (fitting > 0) std::memcpy(room_.data() + filled_, bytes.data(), fitting);
  filled_ += fitting;
  surplus_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(fitting), bytes.end());
  surplus_read_ = 0;
  received_ += bytes.size();
  shared_.down.charge(bytes.size());
  return bytes.size();
}

std::size_t HttpExchange::on_send(char* room, std::size_t size, std::size_t count, void* self) noexcept {
  auto& exchange = *static_cast<HttpExchange*>(self);
  try {
    if (!exchange.end_ && exchange.shared_.up.wait().count() > 0) {
      exchange.is_paused_ = true;
      return CURL_READFUNC_PAUSE;
    }
    const std::size_t read =
        exchange.request_.body->read({reinterpret_cast<std::uint8_t*>(room), size * count});
    exchange.sent_ += read;
    exchange.shared_.up.charge(read);
    return read;
  } catch (...) {
    exchange.failure_ = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
}

// When a kept connection turns out to be closed, libcurl would send the request again by itself. What has
// left us may be there already: whoever knows what the request does decides whether it may be there twice.
int HttpExchange::on_rewind(void* self, curl_off_t /*offset*/, int /*origin*/) noexcept {
  return static_cast<const HttpExchange*>(self)->sent_ == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

const HttpHead& HttpExchange::await_head() {
  while (!head_.is_complete() && !is_over_) step();
  if (!head_.is_complete() || failure_) throw_failure();
  constexpr int kProxyWantsLogin = 407;
  if (head_.head().status == kProxyWantsLogin) throw proxy_refusal(request_, line_->easy());
  clock_.restart(moved());
  return head_.head();
}

std::size_t HttpExchange::read(MutableByteView room) {
  const std::size_t kept = std::min(room.size(), surplus_.size() - surplus_read_);
  if (kept > 0) std::memcpy(room.data(), surplus_.data() + surplus_read_, kept);
  surplus_read_ += kept;
  room_ = room;
  filled_ = kept;
  try {
    while (filled_ < room_.size() && !is_over_) step();
  } catch (...) {
    // A time limit or a signal, which must not cost the bytes that are here already.
    failure_ = std::current_exception();
    is_over_ = true;
  }
  room_ = {};
  if (filled_ == 0 && (failure_ || result_ != CURLE_OK)) throw_failure();
  return filled_;
}

std::string HttpExchange::read_all(std::size_t limit) {
  std::string text;
  Bytes piece(64 * 1024);
  while (const std::size_t size = read(piece)) {
    if (size > limit - text.size())
      throw Error(ErrorCode::kRegistry,
                  request_.url.authority() + " answers with more than " + in_kib(limit) + " (" +
                      name_of(request_) + ")",
                  "nothing of this kind is so long: check what is asked for, and the host");
    text += as_text(ByteView(piece).first(size));
  }
  return text;
}

void HttpExchange::end_soon_if_asked() {
  if (request_.cancel != Cancel::kDelayed) return throw_if_cancelled();
  const auto now = std::chrono::steady_clock::now();
  const bool is_filled = request_.body != nullptr && request_.body->is_filler();
  if (!end_ && (is_filled || cancel_signal() != 0)) end_ = now + kForEnding;
  if (!end_ || now < *end_) return;
  throw_if_cancelled();
  throw TransferFailure(TransferFailure::Kind::kStalled, stall_error(request_, kForEnding));
}

void HttpExchange::step() {
  if (request_.cancel != Cancel::kIgnored) end_soon_if_asked();
  if (request_.cancel != Cancel::kIgnored && !end_) {
    const auto debt = std::max(shared_.down.wait(), shared_.up.wait());
    if (debt.count() > 0) return sleep_until_signal(debt);
  }
  go_on_if_paused();
  int running = 0;
  curl_library().multi_perform(line_->multi(), &running);
  int left = 0;
  while (const CURLMsg* message = curl_library().multi_info_read(line_->multi(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    is_over_ = true;
    result_ = message->data.result;
  }
  const bool is_full = !room_.empty() && filled_ == room_.size();
  if (!is_over_ && !is_full && !is_paused_) wait();
}

void HttpExchange::go_on_if_paused() {
  if (!is_paused_) return;
  is_paused_ = false;
  const CURLcode code = curl_library().easy_pause(line_->easy(), CURLPAUSE_CONT);
  if (code == CURLE_OK) return;
  result_ = code;
  is_over_ = true;
}

void HttpExchange::wait() {
  constexpr int kLookMilliseconds = 500;
  const auto before = std::chrono::steady_clock::now();
  {
    const WorkTimer timer(request_.body != nullptr ? Work::kWrite : Work::kRead);
    // A signal ends it early, which is no failure.
    (void)curl_library().multi_poll(line_->multi(), nullptr, 0, kLookMilliseconds, nullptr);
  }
  if (clock_.go_on(std::chrono::steady_clock::now() - before, moved())) return;
  throw TransferFailure(
      TransferFailure::Kind::kStalled,
      stall_error(request_, clock_.timeout(), clock_.is_dripping() ? Stall::kDripping : Stall::kSilent));
}

// What was sent counts when the other side has it: the system buffers megabytes, which may take a slow link
// longer than the time limit.
std::uint64_t HttpExchange::moved() const {
  curl_socket_t socket = CURL_SOCKET_BAD;
  int unsent = 0;
  const bool is_known =
      curl_library().easy_getinfo(line_->easy(), CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK &&
      socket != CURL_SOCKET_BAD && ::ioctl(socket, SIOCOUTQ, &unsent) == 0 && unsent > 0;
  const std::uint64_t waiting = is_known ? static_cast<std::uint64_t>(unsent) : 0;
  return received_ + head_.size() + (sent_ > waiting ? sent_ - waiting : 0);
}

void HttpExchange::throw_failure() {
  if (failure_) std::rethrow_exception(failure_);
  throw transfer_failure({request_, shared_.settings, line_->easy(), result_, curl_words_.data()});
}

}  // namespace imgcrypt
