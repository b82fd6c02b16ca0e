// Archives of images, as they are and with checksums that are made right so that damage further in shows:
// every member lies within the file, and what a list of images offers is read or refused.
#include "fuzz/fuzz.hpp"
#include "transport/archive/archive_source.hpp"
#include "transport/archive/tar/tar_header.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <string_view>

namespace imgcrypt::test {
namespace {

// In memory, and with a name as long as it is open.
class MemoryFile {
 public:
  explicit MemoryFile(ByteView content) : fd_(::memfd_create("archive", MFD_CLOEXEC)) {
    write_all(fd_.get(), content, "memfd");
    ::lseek(fd_.get(), 0, SEEK_SET);
  }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_.get()); }

 private:
  Fd fd_;
};

// POSIX, pax Interchange Format: the sum of a header's bytes, in octal, with its own field as spaces.
Bytes with_checksums(ByteView archive) {
  constexpr std::size_t kField = 148;
  constexpr std::size_t kFieldSize = 8;
  constexpr std::string_view kDigits = "01234567";
  Bytes fixed(archive.begin(), archive.end());
  for (std::size_t at = 0; at + kTarBlock <= fixed.size(); at += kTarBlock) {
    const auto block = MutableByteView(fixed).subspan(at, kTarBlock);
    if (!as_text(block.subspan(257)).starts_with("ustar")) continue;
    unsigned sum = ' ' * kFieldSize;
    for (std::size_t i = 0; i < block.size(); ++i)
      sum += i >= kField && i < kField + kFieldSize ? 0 : block[i];
    for (std::size_t digit = 6; digit-- > 0; sum /= 8)
      block[kField + digit] = static_cast<std::uint8_t>(kDigits[sum % 8]);
    block[kField + 6] = 0;
    block[kField + 7] = ' ';
  }
  return fixed;
}

void read_archive(ByteView input) {
  const MemoryFile file(input);
  const ArchiveReference any{.kind = ArchiveReference::Kind::kAny, .file = file.path()};
  ArchiveContents contents = ArchiveContents::read(any, "/nowhere");
  for (const char* name : {"index.json", "manifest.json", "oci-layout", "a"}) {
    const auto range = contents.members.find(name);
    expect(!range || (range->offset <= input.size() && range->size <= input.size() - range->offset),
           "a member within the archive");
  }
  const ArchiveContents& listed = contents;
  for (const LayoutEntry& entry : listed.entries) {
    if (!entry.descriptor) continue;
    ArchiveReference one = any;
    one.position = &entry - listed.entries.data();
    ArchiveSource source(ArchiveContents::read(any, "/nowhere"), one, {});
    ChunkPool pool;
    const auto content =
        attempt([&] { return read_all(*source.open(source.root().descriptor, pool), 1 << 20U, "root"); });
    expect(!content || Digest::of(*content).hex() == entry.descriptor->digest.hex() ||
               entry.descriptor->digest.algorithm() != HashAlgorithm::kSha256,
           "the content of the digest");
    (void)attempt([&] { source.check_presence(source.root().descriptor); });
  }
}

}  // namespace

void fuzz(ByteView input) {
  (void)attempt([&] { read_archive(input); });
  (void)attempt([&] { read_archive(with_checksums(input)); });
}

}  // namespace imgcrypt::test
