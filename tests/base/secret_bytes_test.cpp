#include "base/secret_bytes.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace imgcrypt {
namespace {

bool is_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

// What waits to be used again was wiped as well, which libsodium would take for an overflow.
TEST(SecretBytes, MayBeMadeInAForkedChild) {
  {
    std::vector<SecretBytes> spare;
    for (int i = 0; i < 8; ++i) spare.emplace_back(32);
  }
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<SecretBytes> secrets;
    for (int i = 0; i < 20; ++i) secrets.emplace_back(i % 2 == 0 ? 32 : 16);
    secrets.clear();
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(SecretBytes, AreNotThereInAForkedChild) {
  const SecretBytes secret = SecretBytes::copy_of(as_bytes("a secret"));
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(is_zero(secret.expose()) ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(as_text(secret.expose()), "a secret");
}

TEST(SecretBytes, AreZeroWhateverTheirMemoryHeldBefore) {
  const std::uint8_t* memory = nullptr;
  {
    const SecretBytes secret = SecretBytes::copy_of(as_bytes("a secret"));
    memory = secret.expose().data();
  }
  const SecretBytes again(8);
  EXPECT_EQ(again.expose().data(), memory);  // used again, or the next line says nothing
  EXPECT_TRUE(is_zero(again.expose()));
}

TEST(SecretBytes, AreZeroAfterTheSizeTheyWereTruncatedTo) {
  const std::uint8_t* memory = nullptr;
  {
    SecretBytes secret = SecretBytes::copy_of(as_bytes("a longer secret"));
    secret.truncate(1);
    memory = secret.expose().data();
  }
  const SecretBytes again(15);
  EXPECT_EQ(again.expose().data(), memory);
  EXPECT_TRUE(is_zero(again.expose()));
}

TEST(SecretBytes, OfManySizesDoNotMeet) {
  for (int round = 0; round < 3; ++round) {
    std::vector<SecretBytes> secrets;
    for (std::size_t size = 0; size < 100; ++size) {
      secrets.emplace_back(size);
      ASSERT_TRUE(is_zero(secrets.back().expose()));
      std::ranges::fill(secrets.back().expose_mutable(), static_cast<std::uint8_t>(size));
    }
    for (std::size_t size = 0; size < 100; ++size) {
      const auto is_own = [size](std::uint8_t byte) { return byte == size; };
      EXPECT_TRUE(std::ranges::all_of(secrets[size].expose(), is_own)) << size;
    }
  }
}

TEST(SecretBytes, OfSeveralThreadsDoNotMeet) {
  const auto work = [](std::uint8_t mark) {
    for (int round = 0; round < 500; ++round) {
      std::vector<SecretBytes> secrets;
      for (const std::size_t size : {16U, 32U, 32U, 4000U}) {
        secrets.emplace_back(size);
        EXPECT_TRUE(is_zero(secrets.back().expose()));
        std::ranges::fill(secrets.back().expose_mutable(), mark);
      }
      for (const SecretBytes& secret : secrets)
        EXPECT_TRUE(std::ranges::all_of(secret.expose(), [mark](std::uint8_t byte) { return byte == mark; }));
    }
  };
  std::vector<std::jthread> threads;
  for (std::uint8_t mark = 1; mark <= 4; ++mark) threads.emplace_back(work, mark);
}

}  // namespace
}  // namespace imgcrypt
