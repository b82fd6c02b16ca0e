#include "base/secret_bytes.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace imgcrypt {
namespace {

TEST(SecretBytes, AreNotThereInAForkedChild) {
  const SecretBytes secret = SecretBytes::copy_of(as_bytes("a secret"));
  const pid_t child = ::fork();
  if (child == 0) {
    const bool is_wiped = std::ranges::all_of(secret.expose(), [](std::uint8_t byte) { return byte == 0; });
    ::_exit(is_wiped ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(as_text(secret.expose()), "a secret");
}

}  // namespace
}  // namespace imgcrypt
