#include "transport/dir/dir_destination.hpp"

#include "transport/dir/dir_files.hpp"
#include "transport/dir/dir_source.hpp"
#include "transport/files/blob_faults.hpp"
#include "transport/files/new_place.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostVersionFileBytes = 4096;

[[noreturn]] void refuse_directory(ErrorCode code, const DirReference& reference, const std::string& why,
                                   const std::string& hint) {
  throw Error(code, "destination " + reference.string() + ": " + why, hint);
}

bool has_version(const std::string& path) {
  const Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) throw errno_error("open " + path);
  const auto file = open_regular_file(directory.get(), kDirVersionFile);
  if (!file) return false;
  const Bytes bytes = read_all(file->get(), kMostVersionFileBytes, path + "/" + kDirVersionFile);
  return as_text(bytes).starts_with(kDirVersion);
}

// Of the image that is there; nullopt when there is none that can be read.
std::optional<Digest> root_in(const DirReference& reference) {
  try {
    return DirSource(reference, Links::kRefuse).root().descriptor.digest;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    return std::nullopt;
  }
}

}  // namespace

DirDestination::~DirDestination() {
  blobs_.clear();
  if (is_made_) ::rmdir(reference_.directory.c_str());
}

void DirDestination::check() {
  const std::string& path = reference_.directory;
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  if (status.type() == fs::file_type::not_found) {
    require_new_place(reference_.string(), path);
  } else if (!fs::is_directory(status)) {
    refuse_directory(ErrorCode::kUsage, reference_, path + " is not a directory",
                     "choose another destination");
  } else if (is_virtual(path)) {
    refuse_directory(ErrorCode::kUsage, reference_, path + " is not on a file system that holds files",
                     "choose another destination");
  } else if (!fs::is_empty(path) && !has_version(path)) {
    refuse_directory(ErrorCode::kRefused, reference_,
                     "the directory is not empty, and was not written by dir: (it has no sound version file)",
                     "choose a new or empty directory");
  }
}

Fd DirDestination::open_directory() {
  const std::string& path = reference_.directory;
  const std::scoped_lock lock(mutex_);
  if (::mkdir(path.c_str(), 0777) == 0) {
    is_made_ = true;
  } else if (errno != EEXIST) {
    throw errno_error("create directory " + path);
  }
  Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) throw errno_error("open " + path);
  return directory;
}

bool DirDestination::has(const Descriptor& blob) {
  const std::scoped_lock lock(mutex_);
  return blobs_.contains(blob.digest);
}

Digest DirDestination::put_blob(const BlobInfo& info, Source& content) {
  const HashAlgorithm algorithm = info.digest ? info.digest->algorithm() : info.algorithm;
  PendingBlob blob = PendingBlob::create(open_directory(), reference_.directory);
  const Digest digest = blob.write(content, algorithm, info.size);
  require_content(info.digest, info.size, digest, blob.size());
  const std::scoped_lock lock(mutex_);
  blobs_.insert_or_assign(digest, std::move(blob));
  return digest;
}

void DirDestination::put_document(const Descriptor& descriptor, std::string_view text) {
  require_readable_document(descriptor, text);
  const std::scoped_lock lock(mutex_);
  documents_.insert_or_assign(descriptor.digest, std::string(text));
}

void DirDestination::write_file(const Fd& directory, const std::string& name, std::string_view text) {
  PendingFile file = PendingFile::create(directory, reference_.directory);
  write_all(file.fd(), as_bytes(text), "write " + reference_.directory + "/" + name);
  file.make_durable();
  if (file.link(directory, name)) new_files_.push_back(name);
}

// The old image's files, which may be plain, must not stay beside an encrypted one.
void DirDestination::remove_others(const Digest& root) const {
  for (const fs::directory_entry& entry : fs::directory_iterator(reference_.directory)) {
    const std::string name = entry.path().filename();
    if (!is_dir_file(name) || entry.is_directory()) continue;
    const auto is_own = [&](const auto& files, const auto& name_of) {
      for (const auto& [digest, file] : files) {
        if (name == name_of(digest)) return true;
      }
      return false;
    };
    const bool is_needed = is_own(blobs_, [](const Digest& digest) { return digest.hex(); }) ||
                           (name != dir_document(root) && is_own(documents_, dir_document));
    if (!is_needed && ::unlink(entry.path().c_str()) != 0)
      throw errno_error("remove " + entry.path().string());
  }
}

void DirDestination::put_in_place(const Fd& directory, const RootDescriptor& root) {
  // The first, so that who comes meanwhile knows whose directory it is.
  write_file(directory, kDirVersionFile, std::string(kDirVersion) + "1.1\n");
  for (auto& [digest, blob] : blobs_) {
    blob.make_durable();
    if (blob.link(directory, digest)) new_files_.push_back(digest.hex());
  }
  for (const auto& [digest, text] : documents_) {
    if (digest != root.descriptor.digest) write_file(directory, dir_document(digest), text);
  }
  write_file(directory, kDirRoot, documents_.at(root.descriptor.digest));
}

void DirDestination::unlink_new_files(const Fd& directory) noexcept {
  for (const std::string& name : new_files_) ::unlinkat(directory.get(), name.c_str(), 0);
}

std::optional<Digest> DirDestination::named_now() { return root_in(reference_); }

std::optional<Digest> DirDestination::commit(const RootDescriptor& root) {
  const Fd directory = open_directory();
  lock_directory(directory.get(), reference_.directory, warn_);
  const auto replaced = root_in(reference_);
  if (own_ && replaced != own_)
    throw Error(ErrorCode::kOther, "another program changed " + reference_.string() + " while this one ran",
                "run it again");
  try {
    put_in_place(directory, root);
  } catch (...) {
    unlink_new_files(directory);
    throw;
  }
  if (::fsync(directory.get()) != 0) throw errno_error("fsync " + reference_.directory);
  remove_others(root.descriptor.digest);
  return replaced == root.descriptor.digest ? std::nullopt : replaced;
}

}  // namespace imgcrypt
