#include "transport/layout/layout_directory.hpp"

#include "base/dead_link.hpp"
#include "base/process/fd.hpp"
#include "base/text/json.hpp"
#include "oci/manifest.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

namespace imgcrypt {
namespace {

int flag_of(Links links) { return links == Links::kRefuse ? O_NOFOLLOW : 0; }

// For messages. Functions that open something know only the directory's descriptor.
std::string path_in(int directory, const std::string& name) {
  std::error_code ignored;
  const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(directory), ignored);
  return (path / name).string();
}

Error linked(int directory, const std::string& name) {
  return {
      ErrorCode::kRefused, path_in(directory, name) + " is a symbolic link",
      "links could name any of your files; if you made this layout yourself, read it with --follow-links; "
      "to write to it or to tidy it up, make one without links first: imgcrypt copy --follow-links"};
}

Error no_file(int directory, const std::string& name) {
  return {ErrorCode::kRefused, path_in(directory, name) + " is not a regular file",
          "a layout has only files and directories: put the file there, or copy the image again"};
}

bool is_link(int directory, const std::string& name) {
  struct stat status = {};
  return ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
}

// "DIR@0" was most likely to be a position.
std::string cure_of_missing(const std::string& path) {
  const std::size_t at = path.rfind('@');
  const bool is_position = at != std::string::npos && at + 1 < path.size() &&
                           path.find_first_not_of("0123456789", at + 1) == std::string::npos;
  std::error_code ignored;
  if (is_position && std::filesystem::is_directory(path.substr(0, at), ignored))
    return "did you mean oci:" + path.substr(0, at) + ":" + path.substr(at) + "?";
  if (const auto link = dead_link(path)) return path + " " + *link;
  return "the directory does not exist: check the spelling";
}

std::optional<Fd> open_directory(int parent, const std::string& name, Links links) {
  Fd directory(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | flag_of(links) | O_CLOEXEC));
  if (directory.is_open()) return directory;
  const int failure = errno;
  if (failure == ENOENT) return std::nullopt;
  // Of a link Linux says ENOTDIR rather than ELOOP when O_DIRECTORY is given as well.
  if (failure == ELOOP || failure == ENOTDIR) {
    if (links == Links::kRefuse && is_link(parent, name)) throw linked(parent, name);
    throw Error(
        ErrorCode::kRefused, path_in(parent, name) + " is not a directory",
        "a layout keeps its blobs in the directories blobs/sha256 and blobs/sha512: copy the image again");
  }
  throw errno_error("open " + path_in(parent, name), failure);
}

}  // namespace

std::optional<Fd> open_regular_file(int directory_fd, const std::string& name, Links links) {
  // O_NOFOLLOW, since a layout may come from somebody else; O_NONBLOCK, since opening a FIFO must not wait
  // for its writer; O_NOCTTY, since opening a terminal must not make it ours.
  Fd file(
      ::openat(directory_fd, name.c_str(), O_RDONLY | flag_of(links) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open()) {
    const int failure = errno;
    if (failure == ENOENT) return std::nullopt;
    if (failure == ELOOP && links == Links::kRefuse) throw linked(directory_fd, name);
    // A socket, or a device without a driver.
    if (failure == ENXIO) throw no_file(directory_fd, name);
    throw errno_error("open " + path_in(directory_fd, name), failure);
  }
  // After opening, on the descriptor: what a path names may be exchanged between a look and the opening.
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) throw errno_error("stat " + path_in(directory_fd, name));
  if (!S_ISREG(status.st_mode)) throw no_file(directory_fd, name);
  return file;
}

std::optional<LayoutDirectory> LayoutDirectory::open_if_exists(const std::string& path, Links links) {
  // The root itself may be a link: the user named it.
  Fd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root.is_open()) return LayoutDirectory(path, std::move(root), links);
  if (errno == ENOENT) return std::nullopt;
  if (errno == ENOTDIR)
    throw Error(ErrorCode::kNotFound, "no OCI image layout at " + path + ": it is not a directory",
                "for an archive write oci-archive:" + path + " or docker-archive:" + path);
  throw errno_error("open layout " + path);
}

LayoutDirectory::LayoutDirectory(const std::string& path, Links links) : path_(path), links_(links) {
  auto opened = open_if_exists(path, links);
  if (!opened) throw Error(ErrorCode::kNotFound, "no OCI image layout at " + path, cure_of_missing(path));
  root_ = std::move(opened->root_);
}

bool LayoutDirectory::has_index() const { return open_regular_file(fd(), "index.json", links_).has_value(); }

std::string LayoutDirectory::read_index() const {
  const auto file = open_regular_file(fd(), "index.json", links_);
  if (!file) {
    throw Error(ErrorCode::kNotFound, "no OCI image layout at " + path_,
                "it has no index.json: name the directory that holds one");
  }
  const std::string path = path_ + "/index.json";
  return checked_json(read_all(file->get(), kMostDocumentBytes, path), path);
}

std::optional<Fd> LayoutDirectory::open_blob_directory(HashAlgorithm algorithm) const {
  const auto blobs = open_directory(fd(), "blobs", links_);
  if (!blobs) return std::nullopt;
  return open_directory(blobs->get(), folder_of(algorithm), links_);
}

std::optional<Fd> LayoutDirectory::open_blob(const Digest& digest) const {
  const auto directory = open_blob_directory(digest.algorithm());
  return directory ? open_regular_file(directory->get(), digest.hex(), links_) : std::nullopt;
}

const char* folder_of(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::kSha256 ? "sha256" : "sha512";
}

}  // namespace imgcrypt
