#include "transport/archive/tar/open_tar.hpp"

#include "base/cancel.hpp"
#include "transport/archive/tar/tar_input.hpp"
#include "transport/files/unnamed_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace imgcrypt {
namespace {

using namespace std::string_view_literals;

constexpr std::array kCompressed = {"\x1f\x8b"sv, "BZh"sv,
                                    "\xfd"
                                    "7zXZ"sv,
                                    "\x28\xb5\x2f\xfd"sv};
constexpr std::size_t kCopyBytes = std::size_t{128} * 1024;
constexpr std::uint64_t kMiB = std::uint64_t{1024} * 1024;
// How often the room for a spool is looked at.
constexpr std::uint64_t kRoomBytes = 16 * kMiB;
// Layers are mostly packed themselves, and even those of zeros shrink less than what only fills disks.
constexpr std::uint64_t kHarmlessBytes = 256 * kMiB;
constexpr std::uint64_t kMostGrowth = 250;

Fd open_input(const std::string& file) {
  if (file == "-") {
    if (::isatty(STDIN_FILENO) == 1)
      throw Error(ErrorCode::kUsage, "an archive cannot be read from a terminal",
                  "redirect stdin from a file or a program, or write oci-archive:FILE");
    return Fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  }
  Fd input(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (input.is_open()) return input;
  if (errno == ENOENT) {
    throw Error(ErrorCode::kNotFound, "no archive at " + file, "the file does not exist: check the spelling");
  }
  throw errno_error("open " + file);
}

bool is_plain_file(int fd, const std::string& what) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0) throw errno_error("stat " + what);
  if (S_ISDIR(status.st_mode)) {
    throw Error(ErrorCode::kUsage, what + " is a directory, not an archive",
                "for an OCI image layout write oci:" + what);
  }
  // A script may have read the beginning of stdin already.
  if (!S_ISREG(status.st_mode) || ::lseek(fd, 0, SEEK_CUR) != 0) return false;
  Bytes begin(8);
  begin.resize(read_some_at(fd, begin, 0, what));
  return !is_compressed(as_text(begin));
}

ArchiveReader decompressing_reader() {
  const LibArchive& library = LibArchive::get();
  ArchiveReader reader(library.read_new());
  // A filter that libarchive lacks would be run as a program, which we do not want: then it says so.
  for (const auto support :
       {library.support_gzip, library.support_bzip2, library.support_xz, library.support_zstd}) {
    if (support(reader.get()) != ARCHIVE_OK)
      throw Error(ErrorCode::kOther, "libarchive was built without a decompressor", "decompress it first");
  }
  library.support_raw(reader.get());
  library.support_empty(reader.get());
  return reader;
}

[[noreturn]] void refuse_bomb(const std::string& what) {
  throw Error(ErrorCode::kRefused,
              what + " grows to more than " + std::to_string(kMostGrowth) +
                  " times its size when it is decompressed, as only what is to fill disks does",
              "if you trust it, decompress it first with gzip -d, xz -d or zstd -d");
}

// All of `input`, decompressed.
Fd spooled(const Fd& input, const std::string& what, const std::filesystem::path& directory) {
  Fd spool = create_unnamed_file(directory);
  const ArchiveReader reader = decompressing_reader();
  std::uint64_t packed = 0;
  TarInput stream([&](MutableByteView buffer) {
    const std::size_t size = read_some(input.get(), buffer, "read " + what);
    packed += size;
    return size;
  });
  stream.open(reader.get());
  const LibArchive& library = LibArchive::get();
  struct archive_entry* entry = nullptr;
  if (!stream.require(reader.get(), library.next_header(reader.get(), &entry), what)) return spool;
  Bytes buffer(kCopyBytes);
  for (std::uint64_t written = 0;;) {
    const la_ssize_t size = library.read_data(reader.get(), buffer.data(), buffer.size());
    stream.require(reader.get(), static_cast<int>(std::min<la_ssize_t>(size, 0)), what);
    if (size <= 0) return spool;
    throw_if_cancelled();
    if (written > kHarmlessBytes && written / kMostGrowth > packed) refuse_bomb(what);
    if (written % kRoomBytes < kCopyBytes) require_room(spool, static_cast<std::uint64_t>(size), directory);
    write_unnamed(spool, ByteView(buffer).first(static_cast<std::size_t>(size)), directory);
    written += static_cast<std::uint64_t>(size);
  }
}

}  // namespace

bool is_compressed(std::string_view begin) {
  return std::ranges::any_of(kCompressed, [&](std::string_view magic) { return begin.starts_with(magic); });
}

Fd open_tar(const std::string& file, const std::filesystem::path& temporary_directory) {
  const std::string what = file == "-" ? "stdin" : file;
  Fd input = open_input(file);
  return is_plain_file(input.get(), what) ? std::move(input) : spooled(input, what, temporary_directory);
}

}  // namespace imgcrypt
