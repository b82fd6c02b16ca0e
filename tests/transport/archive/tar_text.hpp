// Archives as their bytes, for the tests of what reads and writes them.
#pragma once

#include "base/process/fd.hpp"
#include "oci/digest.hpp"
#include "transport/archive/tar/tar_header.hpp"

#include <fcntl.h>

#include <string>
#include <utility>
#include <vector>

namespace imgcrypt::test {

inline std::string tar_of(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string tar;
  for (const auto& [name, text] : members) {
    tar += as_text(tar_header(name, text.size()));
    tar += text;
    tar.resize(in_tar_blocks(tar.size()));
  }
  return tar + std::string(2 * kTarBlock, '\0');
}

inline std::string blob_name(const Digest& digest, const std::string& /*media_type*/) {
  return "blobs/" + digest.algorithm_name() + "/" + digest.hex();
}

inline Fd opened(const std::string& path, int flags = O_RDONLY) {
  return Fd(::open(path.c_str(), flags, 0600));
}

}  // namespace imgcrypt::test
