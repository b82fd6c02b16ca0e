// Files without a name, which only we can read and which are gone with the process, however it ends: where
// content is kept that cannot be read twice, or may not be seen before it is whole.
#pragma once

#include "base/bytes.hpp"
#include "base/process/fd.hpp"

#include <cstdint>
#include <filesystem>

namespace imgcrypt {

// A new file in `directory`, for reading and writing. Throws kOther, naming the directory and --tmpdir.
[[nodiscard]] Fd create_unnamed_file(const std::filesystem::path& directory);

// Appends to such a file; `more` bytes are to come, as far as that is known. Throws kOther, naming the
// directory and --tmpdir, and on a full disk how many bytes are needed; kCancelled.
void write_unnamed(const Fd& file, ByteView bytes, const std::filesystem::path& directory,
                   std::uint64_t more = 0);

// Throws kOther, as write_unnamed(), unless `bytes` more fit where the file is, and leave something to other
// programs. What is written meanwhile may take the room all the same.
void require_room(const Fd& file, std::uint64_t bytes, const std::filesystem::path& directory);

}  // namespace imgcrypt
