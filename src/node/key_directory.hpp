// The directory of private keys that a node has. A file is read when a layer first asks for it, so one that
// cannot be used stops nothing. NAME.pass beside NAME holds its passphrase. Safe for use by several threads.
#pragma once

#include "keywrap/key_wrapper.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

class KeyDirectory {
 public:
  // Lists the files below `path`, 10 000 at most; reads none. Links are followed as long as they stay inside,
  // as Kubernetes mounts secrets. A directory that is missing or cannot be listed counts as empty.
  explicit KeyDirectory(const std::string& path);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  // One for each file, in lexical order; they need the directory no more. What is wrong with a file, its
  // unwrapper says in its description() once it was tried, and opens nothing; it throws kCancelled. Also said
  // there: who else can read the file.
  [[nodiscard]] KeyUnwrappers unwrappers() const;
  // "no keys: PATH does not exist", or what else is wrong with the directory; empty when nothing is.
  [[nodiscard]] const std::string& complaint() const noexcept { return complaint_; }

 private:
  std::string path_;  // as it was given
  std::string root_;  // without links: what "inside" is measured against
  std::vector<std::string> files_;
  std::string complaint_;
};

}  // namespace imgcrypt
