// One request and its answer, driven by the thread that waits for it: whenever it waits, it sees a signal and
// the stall clock. What is received beyond the room that a caller gives stays in the network's buffers, so
// that memory does not depend on the answer. Used by HttpClient and those who read its answers.
#pragma once

#include "base/bytes.hpp"
#include "transport/http/curl_line.hpp"
#include "transport/http/head_reader.hpp"
#include "transport/http/http_message.hpp"
#include "transport/http/http_settings.hpp"
#include "transport/http/rate_limit.hpp"
#include "transport/http/request_options.hpp"
#include "transport/http/stall_clock.hpp"
#include "transport/http/transfer_failure.hpp"

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace imgcrypt {

// What all exchanges of a client share, for any thread.
struct HttpShared {
  explicit HttpShared(HttpSettings its_settings)
      : settings(std::move(its_settings)), down(settings.rate_limit), up(settings.rate_limit) {}

  HttpSettings settings;
  RateLimit down;
  RateLimit up;
  IdleLines lines;
};

// Belongs to one thread at a time. The request's body and `shared` must outlive it.
class HttpExchange {
 public:
  // Nothing is sent yet.
  HttpExchange(HttpShared& shared, HttpRequest request);
  // Breaks the connection off unless the answer was read to its end.
  ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  // Sends the request and waits for the answer to begin. Throws TransferFailure, kRegistry for headers of
  // more than 64 KiB, kCancelled, and what the body throws.
  const HttpHead& await_head();
  // Fills `room` with the next bytes of the body; fewer only before its end or a failure, which the next call
  // throws; 0 is the end. REQUIRES: await_head() has returned, `room` is not empty. Throws as await_head().
  [[nodiscard]] std::size_t read(MutableByteView room);
  // All that is left of the body. Throws kRegistry when it has more than `limit` bytes, and as read().
  [[nodiscard]] std::string read_all(std::size_t limit);

  // REQUIRES: await_head() has returned.
  [[nodiscard]] const HttpHead& head() const noexcept { return head_.head(); }
  [[nodiscard]] const HttpRequest& request() const noexcept { return request_; }

 private:
  // How libcurl calls back; `self` is the exchange.
  static std::size_t on_header(char* text, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_send(char* room, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_rewind(void* self, curl_off_t offset, int origin) noexcept;

  void configure();
  std::size_t take(ByteView bytes);
  void go_on_if_paused();
  void step();
  void end_soon_if_asked();
  void wait();
  [[nodiscard]] std::uint64_t moved() const;
  void throw_failure();

  HttpShared& shared_;
  HttpRequest request_;
  std::unique_ptr<CurlLine> line_;
  HeaderLines header_lines_;
  std::array<char, CURL_ERROR_SIZE> curl_words_{};
  StallClock clock_;
  std::optional<std::chrono::steady_clock::time_point> end_;  // once it has little time left

  HeadReader head_;
  bool is_over_ = false;
  CURLcode result_ = CURLE_OK;
  std::exception_ptr failure_;  // of a callback

  MutableByteView room_;  // of the read() that is under way
  std::size_t filled_ = 0;
  Bytes surplus_;  // received after the room was full; one callback's at most
  std::size_t surplus_read_ = 0;
  bool is_paused_ = false;
  std::uint64_t received_ = 0;  // bytes
  std::uint64_t sent_ = 0;      // bytes
};

}  // namespace imgcrypt
