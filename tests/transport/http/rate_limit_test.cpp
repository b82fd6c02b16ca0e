#include "transport/http/rate_limit.hpp"

#include "support/http_server.hpp"
#include "transport/http/http_exchange.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace imgcrypt {
namespace {

using namespace std::chrono_literals;
using namespace test;

TEST(RateLimit, IsADebtThatTimePaysOff) {
  RateLimit limit(1'000);
  EXPECT_LE(limit.wait(), 0ms);
  limit.charge(1'000'000);
  limit.charge(1'000'000);
  EXPECT_GT(limit.wait(), 1'900s);
  EXPECT_LE(limit.wait(), 2'000s);
}

TEST(RateLimit, IsNoneWithoutARate) {
  RateLimit limit(0);
  limit.charge(1'000'000);
  EXPECT_LE(limit.wait(), 0ms);
}

TEST(RateLimit, IsChargedForWhatIsReceived) {
  HttpServer server([](const ServerRequest&) { return answer(200, {}, std::string(100'000, 'x')); });
  HttpShared shared(HttpSettings{.rate_limit = 1});
  HttpExchange exchange(shared, {"GET", Url::parse("http://" + server.host() + "/")});
  EXPECT_EQ(exchange.await_head().status, 200);
  std::uint8_t byte = 0;
  EXPECT_EQ(exchange.read({&byte, 1}), 1U);
  EXPECT_GT(shared.down.wait(), 0ms);
  EXPECT_LE(shared.up.wait(), 0ms);
}

// Each piece waits until the one before is paid for.
class WatchingBody final : public RequestBody {
 public:
  explicit WatchingBody(HttpShared& shared) : shared_(shared) {}
  [[nodiscard]] std::uint64_t size() const override { return kPieces * kPiece; }
  void rewind() override {}
  [[nodiscard]] std::size_t read(MutableByteView room) override {
    EXPECT_LE(shared_.up.wait(), 0ms);
    std::ranges::fill(room.first(kPiece), 'x');
    return kPiece;
  }

 private:
  static constexpr std::size_t kPiece = 1'000;
  static constexpr std::size_t kPieces = 5;
  HttpShared& shared_;
};

TEST(RateLimit, HoldsBackWhatIsSent) {
  HttpServer server([](const ServerRequest&) { return answer(201); });
  HttpShared shared(HttpSettings{.rate_limit = 100'000});
  WatchingBody body(shared);
  HttpRequest put{"PUT", Url::parse("http://" + server.host() + "/")};
  put.body = &body;
  EXPECT_EQ(HttpExchange(shared, put).await_head().status, 201);
}

}  // namespace
}  // namespace imgcrypt
