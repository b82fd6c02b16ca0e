// The functions of libarchive that are used, loaded when the first archive is opened: it brings a dozen other
// libraries, which no other command should wait for. The only header that includes libarchive's; for the
// sources of this folder.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <string>

namespace imgcrypt {

// Each has the type and the meaning of libarchive's function archive_..., and may be called by any thread
// that has a `struct archive` of its own.
struct LibArchive {
  // Loads the library at the first call. Throws kOther, naming the package, when that fails.
  static const LibArchive& get();

  decltype(&::archive_read_new) read_new;
  decltype(&::archive_read_free) read_free;
  decltype(&::archive_read_support_format_tar) support_tar;
  decltype(&::archive_read_support_format_raw) support_raw;
  decltype(&::archive_read_support_format_empty) support_empty;
  decltype(&::archive_read_support_filter_gzip) support_gzip;
  decltype(&::archive_read_support_filter_bzip2) support_bzip2;
  decltype(&::archive_read_support_filter_xz) support_xz;
  decltype(&::archive_read_support_filter_zstd) support_zstd;
  decltype(&::archive_read_set_read_callback) set_read;
  decltype(&::archive_read_set_skip_callback) set_skip;
  decltype(&::archive_read_set_callback_data) set_data;
  decltype(&::archive_read_open1) open;
  decltype(&::archive_read_next_header) next_header;
  decltype(&::archive_read_data) read_data;
  decltype(&::archive_read_header_position) header_position;
  decltype(&::archive_filter_bytes) filter_bytes;
  decltype(&::archive_set_error) set_error;
  decltype(&::archive_error_string) error_string;
  decltype(&::archive_write_new) write_new;
  decltype(&::archive_write_free) write_free;
  decltype(&::archive_write_set_format_pax_restricted) set_pax;
  decltype(&::archive_write_set_bytes_per_block) set_block;
  decltype(&::archive_write_open_memory) open_memory;
  decltype(&::archive_write_header) write_header;
  decltype(&::archive_entry_new) entry_new;
  decltype(&::archive_entry_free) entry_free;
  decltype(&::archive_entry_pathname) pathname;
  decltype(&::archive_entry_size) size;
  decltype(&::archive_entry_filetype) filetype;
  decltype(&::archive_entry_hardlink) hardlink;
  decltype(&::archive_entry_symlink) symlink;
  decltype(&::archive_entry_sparse_count) sparse_count;
  decltype(&::archive_entry_set_pathname) set_pathname;
  decltype(&::archive_entry_set_size) set_size;
  decltype(&::archive_entry_set_filetype) set_filetype;
  decltype(&::archive_entry_set_perm) set_perm;
  decltype(&::archive_entry_set_mtime) set_mtime;
};

// A libarchive object that frees itself.
struct FreeReader {
  void operator()(struct archive* reader) const noexcept { LibArchive::get().read_free(reader); }
};
using ArchiveReader = std::unique_ptr<struct archive, FreeReader>;

// What libarchive says went wrong.
[[nodiscard]] std::string error_of(struct archive* archive);

}  // namespace imgcrypt
