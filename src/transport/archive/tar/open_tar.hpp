// The file that an archive is read from: as it is if it is a plain tar that can be read at any offset, else
// decompressed or read from its pipe into an unnamed file.
#pragma once

#include "base/process/fd.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace imgcrypt {

// `file` may be "-" for stdin, which is then read to its end. gzip, bzip2, xz and zstd around a tar are
// undone. Whether it is a tar is not checked. Throws kNotFound when there is no such file, kIntegrity when it
// cannot be decompressed, kOther when the temporary directory is full.
[[nodiscard]] Fd open_tar(const std::string& file, const std::filesystem::path& temporary_directory);

// Whether a file that begins so is compressed in one of these ways; eight bytes tell.
[[nodiscard]] bool is_compressed(std::string_view begin);

}  // namespace imgcrypt
