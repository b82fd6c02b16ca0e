// Files without a name, which only we can read and which are gone with the process, however it ends: where
// content is kept that cannot be read twice, or may not be seen before it is whole.
#pragma once

#include "base/process/fd.hpp"

#include <cstdint>
#include <filesystem>

namespace imgcrypt {

// A new file in `directory`, for reading and writing. Throws kOther, naming the directory and --tmpdir.
[[nodiscard]] Fd create_unnamed_file(const std::filesystem::path& directory);

// Throws kOther, as spool_error(), unless `bytes` more fit where the file is, and leave something to other
// programs. What is written meanwhile may take the room all the same.
void require_room(const Fd& file, std::uint64_t bytes, const std::filesystem::path& directory);

// What a failure to write such a file is called: names the directory, and the option that chooses another.
[[nodiscard]] Error spool_error(const Error& error, const std::filesystem::path& directory);

}  // namespace imgcrypt
