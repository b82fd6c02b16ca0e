#include "base/process/fd.hpp"

#include "base/process/pipe.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace imgcrypt {
namespace {

using namespace std::chrono_literals;

// As a parent may leave a pipe or terminal that it shares with us.
void set_nonblocking(const Fd& fd) { ASSERT_EQ(::fcntl(fd.get(), F_SETFL, O_NONBLOCK), 0); }

TEST(Fd, IsReadFromThoughNonBlocking) {
  const Pipe pipe = make_pipe();
  set_nonblocking(pipe.read_end);
  const std::jthread writer([&] {
    std::this_thread::sleep_for(50ms);
    write_all(pipe.write_end.get(), as_bytes("late"), "pipe");
  });
  std::array<std::uint8_t, 16> buffer{};
  EXPECT_EQ(read_some(pipe.read_end.get(), buffer, "pipe"), 4U);
}

TEST(Fd, IsWrittenToThoughNonBlocking) {
  Pipe pipe = make_pipe();
  set_nonblocking(pipe.write_end);
  std::size_t size = 0;
  std::jthread reader([&] {
    std::this_thread::sleep_for(50ms);  // by then the pipe is full
    std::array<std::uint8_t, 4096> buffer{};
    while (const std::size_t more = read_some(pipe.read_end.get(), buffer, "pipe")) size += more;
  });
  const Bytes bytes(1'000'000);
  write_all(pipe.write_end.get(), bytes, "pipe");
  pipe.write_end.reset();
  reader.join();
  EXPECT_EQ(size, bytes.size());
}

}  // namespace
}  // namespace imgcrypt
