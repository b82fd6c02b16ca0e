// Whether there can be a new file or directory at a path: asked before hours of work, by every destination on
// a file system. Free functions that change nothing; `destination` is the reference that errors name.
#pragma once

#include <filesystem>
#include <string>

namespace imgcrypt {

// Throws kUsage when the path is a dangling link, or the directory above it is missing, or in /proc or /sys.
// Only one level is created: a mistyped path should not become a tree of directories. REQUIRES: nothing can
// be opened there.
void require_new_place(const std::string& destination, const std::string& path);

// Whether this existing path is in /proc or /sys.
[[nodiscard]] bool is_virtual(const std::filesystem::path& path);

// That the directory above is missing, for whoever finds that it went since.
[[noreturn]] void fail_for_parent(const std::string& destination);

}  // namespace imgcrypt
