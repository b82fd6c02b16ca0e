// --digestfile: a file that also gets the digest of the new image, without a newline, as skopeo and podman
// write it.
#pragma once

#include "oci/digest.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace imgcrypt::cli {

struct DigestFileOption {
  std::string file;  // empty: not given

  void add_to(CLI::App& command);
  // Call before anything is moved: throws kUsage if the file could not be written.
  void check() const;
  // Replaces the file's content; does nothing without the option. Throws kOther, or kNotFound if its
  // directory has gone.
  void write(const Digest& digest) const;
};

}  // namespace imgcrypt::cli
