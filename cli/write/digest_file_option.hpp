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
  // Call before anything is moved: throws kUsage if the file could not be written, so that a typing error
  // does not cost an encryption. Creates nothing, so write() may fail all the same.
  void check() const;
  // Replaces the file's content; does nothing without the option. Call when the image is complete: whoever
  // waits for the file may use it at once. Throws kOther; the hint has the digest.
  void write(const Digest& digest) const;
};

}  // namespace imgcrypt::cli
