#include "transport/archive/tar/tar_header.hpp"

#include "transport/archive/tar/libarchive.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostHeaderBytes = 8 * kTarBlock;

struct FreeWriter {
  void operator()(struct archive* writer) const noexcept { LibArchive::get().write_free(writer); }
};
struct FreeEntry {
  void operator()(struct archive_entry* entry) const noexcept { LibArchive::get().entry_free(entry); }
};

}  // namespace

Bytes tar_header(const std::string& name, std::uint64_t size) {
  const LibArchive& library = LibArchive::get();
  // The content follows by other ways, so that libarchive pads the entry when the writer is freed, until
  // there is no more room. archive_write_fail() would keep it from that, but leaks.
  Bytes room(kMostHeaderBytes);
  std::size_t used = 0;
  const std::unique_ptr<struct archive, FreeWriter> writer(library.write_new());
  const std::unique_ptr<struct archive_entry, FreeEntry> entry(library.entry_new());
  library.set_pathname(entry.get(), name.c_str());
  library.set_size(entry.get(), static_cast<la_int64_t>(size));
  library.set_filetype(entry.get(), AE_IFREG);
  library.set_perm(entry.get(), 0444);
  library.set_mtime(entry.get(), 0, 0);
  library.set_pax(writer.get());
  library.set_block(writer.get(), 0);  // unbuffered: the header is there when it was written
  if (library.open_memory(writer.get(), room.data(), room.size(), &used) != ARCHIVE_OK ||
      library.write_header(writer.get(), entry.get()) != ARCHIVE_OK)
    throw Error(ErrorCode::kOther, "make the header of " + name + ": " + error_of(writer.get()));
  return {room.begin(), room.begin() + static_cast<std::ptrdiff_t>(used)};
}

}  // namespace imgcrypt
