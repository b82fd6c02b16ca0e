// The directory of private keys that a node gives the decoder. Files are read only when a layer asks for
// them; one that is no key is passed over and named in the failure message. NAME.pass beside NAME holds its
// passphrase.
#pragma once

#include "keywrap/key_wrapper.hpp"

#include <string>
#include <vector>

namespace imgcrypt::streamproc {

class KeyDirectory {
 public:
  // One that is missing counts as empty. Links are followed as long as they stay inside.
  explicit KeyDirectory(const std::string& path);

  // One for each file, in lexical order.
  [[nodiscard]] KeyUnwrappers unwrappers() const;
  // "no keys: PATH does not exist", or what else is wrong with it; empty when all is well.
  [[nodiscard]] const std::string& complaint() const noexcept { return complaint_; }

 private:
  std::string root_;
  std::vector<std::string> files_;
  std::string skipped_;  // the last that is no file inside
  std::string complaint_;
};

}  // namespace imgcrypt::streamproc
