#include "base/secret_bytes.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
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
    for (int i = 0; i < 8; ++i) spare.emplace_back(i % 2 == 0 ? 32 : 64);
  }
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<SecretBytes> secrets;
    for (int i = 0; i < 200; ++i) secrets.emplace_back(i % 2 == 0 ? 32 : 64);
    const bool is_right =
        std::ranges::all_of(secrets, [](const SecretBytes& secret) { return is_zero(secret.expose()); });
    secrets.clear();
    ::_exit(is_right ? 0 : 1);
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

std::size_t entries_of_memory_map() {
  std::ifstream maps("/proc/self/maps");
  return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(maps), {}, '\n'));
}

// As many as an image may have layers: the system allows 65 530 entries of the memory map.
TEST(SecretBytes, OfTensOfThousandsOfLayersFitIntoTheMemoryMap) {
  std::vector<SecretBytes> keys;
  const std::size_t before = entries_of_memory_map();
  for (std::size_t i = 0; i < 64'000; ++i) {
    keys.emplace_back(32);
    std::ranges::fill(keys.back().expose_mutable(), static_cast<std::uint8_t>(i));
  }
  EXPECT_LT(entries_of_memory_map() - before, 4'000U);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto is_own = [i](std::uint8_t byte) { return byte == static_cast<std::uint8_t>(i); };
    ASSERT_TRUE(std::ranges::all_of(keys[i].expose(), is_own)) << i;
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
