// Requests and answers of HTTP, as values (RFC 9110).
#pragma once

#include "base/bytes.hpp"
#include "base/secret_bytes.hpp"
#include "transport/http/url.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

struct HttpHeader {
  std::string name;  // as it was sent
  std::string value;
};

// What comes before an answer's body.
struct HttpHead {
  int status = 0;
  std::vector<HttpHeader> headers;

  // The first one of that name, whatever its case; nullopt if there is none.
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  // All of that name, in their order.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  // `Content-Length`, if it is a number.
  [[nodiscard]] std::optional<std::uint64_t> content_length() const;
};

// Whether a signal ends a request.
enum class Cancel {
  kObeyed,
  kDelayed,  // it goes on for a little, without rate limit, and may still be answered: a registry loses its
             // way in an upload whose request breaks off
  kIgnored,  // it tidies up, which is most needed after a signal; it is given little time, and no rate limit
};

// What is sent with a request. Belongs to the thread that sends it, and must outlive the exchange.
class RequestBody {
 public:
  virtual ~RequestBody() = default;
  // In bytes; known before the first is sent.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // The next read() gives the first byte again. Throws if that cannot be.
  virtual void rewind() = 0;
  // Fills `room` as far as it can, with at least one byte while there are any. What it throws ends the
  // exchange, and is thrown by it.
  [[nodiscard]] virtual std::size_t read(MutableByteView room) = 0;
  // Whether what is left only fills the request up: with Cancel::kDelayed it has as little time as after a
  // signal.
  [[nodiscard]] virtual bool is_filler() const noexcept { return false; }
  // What made it one, if it is one. To be called after each answer, or failure.
  virtual void throw_failure() const {}
};

// A body that is in memory.
class TextBody final : public RequestBody {
 public:
  // The text must outlive it.
  explicit TextBody(std::string_view text) : text_(text) {}
  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
  void rewind() override { read_ = 0; }
  [[nodiscard]] std::size_t read(MutableByteView room) override;

 private:
  std::string_view text_;
  std::size_t read_ = 0;
};

// Copies of a request share it, so that it is in memory once.
using SharedSecret = std::shared_ptr<const SecretBytes>;

struct HttpRequest {
  std::string method;
  Url url;
  std::vector<HttpHeader> headers = {};
  // The value of `Authorization`, which goes to the origin of `url` alone. Null: none.
  SharedSecret authorization = {};
  RequestBody* body = nullptr;  // null: none; not owned
  // Waited for the answer besides the usual time: for work that the server does with what it was sent.
  std::chrono::seconds patience{0};
  Cancel cancel = Cancel::kObeyed;
};

// Whether two texts are the same but for the case of ASCII letters.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;
// Decimal digits and nothing else.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;

}  // namespace imgcrypt
