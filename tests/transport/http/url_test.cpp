#include "transport/http/url.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

TEST(Url, KnowsThisMachine) {
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "[::1]", "[0:0:0:0:0:0:0:1]",
                           "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"}) {
    EXPECT_TRUE(Url::parse("http://" + std::string(host) + ":5000/").is_loopback()) << host;
    EXPECT_TRUE(Url::parse("http://" + std::string(host) + "/").is_loopback()) << host;
  }
  for (const char* host :
       {"localhost.test", "127.0.0.1.test", "10.0.0.1", "[::ffff:10.0.0.1]", "[::127.0.0.1]", "[fe80::1]"})
    EXPECT_FALSE(Url::parse("http://" + std::string(host) + ":5000/").is_loopback()) << host;
}

}  // namespace
}  // namespace imgcrypt
