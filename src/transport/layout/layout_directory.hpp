// An OCI image layout's directory (OCI image specification, "Image Layout"). Nothing outside it is ever
// opened: no link is followed below its root, and only regular files are read.
#pragma once

#include "base/process/fd.hpp"
#include "oci/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

// A regular file `name` of the directory `directory_fd`, for reading. nullopt when it is missing; kRefused
// when it is a link, a FIFO or anything else.
[[nodiscard]] std::optional<Fd> open_regular_file(int directory_fd, const std::string& name);

class LayoutDirectory {
 public:
  // Throws kNotFound when there is no directory.
  explicit LayoutDirectory(const std::string& path);
  static std::optional<LayoutDirectory> open_if_exists(const std::string& path);

  [[nodiscard]] int fd() const noexcept { return root_.get(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  // Throws kRefused when it is there and no regular file.
  [[nodiscard]] bool has_index() const;
  // The text of index.json, checked as JSON. Throws kNotFound when it is missing.
  [[nodiscard]] std::string read_index() const;
  // nullopt when the store has no such blob.
  [[nodiscard]] std::optional<Fd> open_blob(const Digest& digest) const;
  // blobs/<algorithm>. nullopt when it is missing.
  [[nodiscard]] std::optional<Fd> open_blob_directory(HashAlgorithm algorithm) const;

 private:
  LayoutDirectory(std::string path, Fd root) : path_(std::move(path)), root_(std::move(root)) {}

  std::string path_;
  Fd root_;
};

// What writers call their files before they have their names; leftovers of dead ones are swept.
inline constexpr std::string_view kTemporaryPrefix = ".imgcrypt-";

// That prefix and 128 random bits.
[[nodiscard]] std::string temporary_name();

}  // namespace imgcrypt
