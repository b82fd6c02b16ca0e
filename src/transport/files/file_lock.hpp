// Exclusive flocks, by which the writers of a store wait for each other. A lock belongs to the open file: it
// goes when that is closed, so a writer that was killed never leaves one. Advisory: other tools do not take
// it. Free functions; a second lock in the same process, on another open file, waits as well.
#pragma once

#include <functional>
#include <string>

namespace imgcrypt {

// What a store has to say while it works, one line without a full stop. May be empty: then nobody listens.
using Warn = std::function<void(const std::string& text)>;

// Waits for as long as another writer holds it, and says so after a second; `path` is what the warning and
// errors call it. Throws kCancelled after a signal, kOther.
void lock_file(int file, const std::string& path, const Warn& warn);

// The same for a directory. Does nothing where directories cannot be locked, as on NFS, which locks only what
// is open for writing.
void lock_directory(int directory, const std::string& path, const Warn& warn);

}  // namespace imgcrypt
