#include "streamproc/ciphertext.hpp"

#include "base/process/pipe.hpp"
#include "node/content_store.hpp"
#include "support/redirected.hpp"
#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace imgcrypt::streamproc {
namespace {

using namespace test;

constexpr std::size_t kLimit = std::size_t{1} << 20U;

Head head_of(const std::string& content) {
  Pipe pipe = make_pipe();
  write_all(pipe.write_end.get(), as_bytes(content), "pipe");
  pipe.write_end.reset();
  return read_head(pipe.read_end.get());
}

Bytes read_as(const Ciphertext& ciphertext, std::uint64_t size) {
  return read_all(*open_ciphertext(ciphertext, size), kLimit, "ciphertext");
}

TEST(Head, IsWholeWhenNothingFollows) {
  EXPECT_TRUE(head_of("").is_whole);
  EXPECT_TRUE(head_of("short").is_whole);
  EXPECT_EQ(as_text(head_of("short").bytes), "short");
  EXPECT_TRUE(head_of(std::string(4095, 'x')).is_whole);
  const Head head = head_of(std::string(5000, 'x'));
  EXPECT_FALSE(head.is_whole);
  EXPECT_EQ(head.bytes.size(), 4096U);
}

TEST(Ciphertext, IsReadFromItsBeginningAsOftenAsItIsOpened) {
  const ScratchFolder folder;
  const Ciphertext ciphertext{{}, open_regular_file(folder.write("blob", "ciphertext")), false};
  ::lseek(ciphertext.file.get(), 3, SEEK_SET);  // the parent's position
  for (int i = 0; i < 2; ++i) EXPECT_EQ(as_text(read_as(ciphertext, 10)), "ciphertext");
  EXPECT_EQ(::lseek(ciphertext.file.get(), 0, SEEK_CUR), 3);
}

TEST(Ciphertext, IsOfItsDescriptorsSize) {
  const ScratchFolder folder;
  const Ciphertext ciphertext{{}, open_regular_file(folder.write("blob", "ciphertext")), false};
  const Error longer = failure([&] { (void)read_as(ciphertext, 9); });
  EXPECT_EQ(longer.code(), ErrorCode::kIntegrity);
  EXPECT_EQ(longer.message(), "blob damaged: it is longer than the 9 bytes of its descriptor");
  const Error shorter = failure([&] { (void)read_as(ciphertext, 11); });
  EXPECT_EQ(shorter.code(), ErrorCode::kIntegrity);
  EXPECT_EQ(shorter.message(), "blob damaged: it ends after 10 of the 11 bytes of its descriptor");
}

TEST(SpoolFile, NeedsADirectory) {
  const Error error = failure([] { (void)spool({}, 0, "/nothing/here"); });
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_THAT(error.message(), testing::HasSubstr("/nothing/here: No such file"));
  EXPECT_EQ(error.hint(), "name a directory with room for the layer with --spool-dir");
}

TEST(SpoolFile, HoldsALayerOfTheDescribedSize) {
  const ScratchFolder folder;
  const std::string rest = folder.write("rest", "text");
  for (const std::uint64_t size : {9U, 10U, 11U}) {
    const Fd file = open_regular_file(rest);
    const Redirected input(STDIN_FILENO, file.get());
    const Head head{to_bytes(as_bytes("cipher")), false};
    if (size == 10) {
      EXPECT_EQ(as_text(read_as({{}, spool(head, size, folder.path()), false}, size)), "ciphertext");
    } else {
      const Error error = failure([&] { (void)spool(head, size, folder.path()); });
      EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
      EXPECT_THAT(error.message(), testing::StartsWith("blob damaged: it "));
      EXPECT_EQ(error.hint(), "");
    }
  }
}

// The disk would be full first.
TEST(SpoolFile, IsBoundedByTheDescribedSize) {
  const ScratchFolder folder;
  const Fd endless(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  const Redirected input(STDIN_FILENO, endless.get());
  const Error error = failure([&] { (void)spool({}, 1'000'000, folder.path()); });
  EXPECT_EQ(error.message(), "blob damaged: it is longer than the 1000000 bytes of its descriptor");
}

}  // namespace
}  // namespace imgcrypt::streamproc
