// An OCI image layout's directory (OCI image specification, "Image Layout"), for reading. Nothing outside it
// is opened unless the user says so: no link is followed below its root, and only regular files are read, so
// that a layout from somebody else cannot make us read other files of ours or wait for a FIFO. Holds the
// directory open; may be used by several threads.
#pragma once

#include "base/process/fd.hpp"
#include "oci/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

// What becomes of symbolic links below a layout's root. Followed, they let the maker of the layout name any
// file that the user may read: only for layouts that the user made.
enum class Links { kRefuse, kFollow };

// A regular file `name` of the directory `directory_fd`, for reading. nullopt when it is missing. Never
// blocks. Throws kRefused when it is a link (unless they are followed), a FIFO or anything else, kOther when
// the system fails. REQUIRES: `name` has no slash.
[[nodiscard]] std::optional<Fd> open_regular_file(int directory_fd, const std::string& name,
                                                  Links links = Links::kRefuse);

class LayoutDirectory {
 public:
  // Opens the directory, whatever is in it. Throws kNotFound when there is none, kOther when it may not be
  // read.
  explicit LayoutDirectory(const std::string& path, Links links = Links::kRefuse);
  // nullopt when the path does not exist. Throws kNotFound when it is not a directory, else as the
  // constructor.
  static std::optional<LayoutDirectory> open_if_exists(const std::string& path, Links links = Links::kRefuse);

  // Valid for as long as this object.
  [[nodiscard]] int fd() const noexcept { return root_.get(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  // Whether there is an index.json. Throws as open_regular_file.
  [[nodiscard]] bool has_index() const;
  // The text of index.json, checked as JSON only. Throws kNotFound when it is missing, kIntegrity when it is
  // not JSON, kRefused above 4 MiB, and as open_regular_file.
  [[nodiscard]] std::string read_index() const;
  // The blob's file, for reading from its start; its content is not checked. nullopt when there is none.
  // Throws as open_regular_file.
  [[nodiscard]] std::optional<Fd> open_blob(const Digest& digest) const;
  // The directory blobs/<algorithm>. nullopt when it is missing. Throws kRefused when it, or `blobs`, is a
  // link or not a directory.
  [[nodiscard]] std::optional<Fd> open_blob_directory(HashAlgorithm algorithm) const;

 private:
  LayoutDirectory(std::string path, Fd root, Links links)
      : path_(std::move(path)), root_(std::move(root)), links_(links) {}

  std::string path_;
  Fd root_;
  Links links_;
};

// "sha256" or "sha512": the directory of blobs/ that holds the blobs of an algorithm.
[[nodiscard]] const char* folder_of(HashAlgorithm algorithm);

}  // namespace imgcrypt
