#include "transport/archive/tar/libarchive.hpp"

#include "base/process/shared_library.hpp"

#include <type_traits>

namespace imgcrypt {

const LibArchive& LibArchive::get() {
  static const LibArchive kTable = [] {
    const SharedLibrary library("libarchive.so.13", "libarchive13");
    const auto load = [&](auto& function, const char* name) {
      function = library.function<std::remove_pointer_t<std::remove_reference_t<decltype(function)>>>(name);
    };
    LibArchive table = {};
    load(table.read_new, "archive_read_new");
    load(table.read_free, "archive_read_free");
    load(table.support_tar, "archive_read_support_format_tar");
    load(table.support_raw, "archive_read_support_format_raw");
    load(table.support_empty, "archive_read_support_format_empty");
    load(table.support_gzip, "archive_read_support_filter_gzip");
    load(table.support_bzip2, "archive_read_support_filter_bzip2");
    load(table.support_xz, "archive_read_support_filter_xz");
    load(table.support_zstd, "archive_read_support_filter_zstd");
    load(table.set_read, "archive_read_set_read_callback");
    load(table.set_skip, "archive_read_set_skip_callback");
    load(table.set_data, "archive_read_set_callback_data");
    load(table.open, "archive_read_open1");
    load(table.next_header, "archive_read_next_header");
    load(table.read_data, "archive_read_data");
    load(table.header_position, "archive_read_header_position");
    load(table.filter_bytes, "archive_filter_bytes");
    load(table.set_error, "archive_set_error");
    load(table.error_string, "archive_error_string");
    load(table.write_new, "archive_write_new");
    load(table.write_free, "archive_write_free");
    load(table.set_pax, "archive_write_set_format_pax_restricted");
    load(table.set_block, "archive_write_set_bytes_per_block");
    load(table.open_memory, "archive_write_open_memory");
    load(table.write_header, "archive_write_header");
    load(table.entry_new, "archive_entry_new");
    load(table.entry_free, "archive_entry_free");
    load(table.pathname, "archive_entry_pathname");
    load(table.size, "archive_entry_size");
    load(table.filetype, "archive_entry_filetype");
    load(table.hardlink, "archive_entry_hardlink");
    load(table.symlink, "archive_entry_symlink");
    load(table.sparse_count, "archive_entry_sparse_count");
    load(table.set_pathname, "archive_entry_set_pathname");
    load(table.set_size, "archive_entry_set_size");
    load(table.set_filetype, "archive_entry_set_filetype");
    load(table.set_perm, "archive_entry_set_perm");
    load(table.set_mtime, "archive_entry_set_mtime");
    return table;
  }();
  return kTable;
}

std::string error_of(struct archive* archive) {
  const char* const text = LibArchive::get().error_string(archive);
  return text == nullptr ? "it is damaged" : text;
}

}  // namespace imgcrypt
