#include "transport/dir/dir_source.hpp"

#include "base/stream/fd_stream.hpp"
#include "oci/manifest.hpp"
#include "oci/media_types.hpp"
#include "oci/verifying_source.hpp"
#include "transport/dir/dir_files.hpp"
#include "transport/files/blob_faults.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>

namespace imgcrypt {
namespace {

const DirReference& require_directory(const DirReference& reference) {
  std::error_code none;
  const auto type = std::filesystem::status(reference.directory, none).type();
  if (type == std::filesystem::file_type::not_found)
    throw Error(ErrorCode::kNotFound, "no image at " + reference.string(),
                "the directory does not exist: check the spelling");
  if (type == std::filesystem::file_type::regular)
    throw Error(ErrorCode::kNotFound, "no image at " + reference.string() + ": it is not a directory",
                "for an archive write oci-archive:" + reference.directory);
  return reference;
}

RootDescriptor read_root_of(const LayoutDirectory& directory, Links links) {
  const std::string path = directory.path() + "/" + kDirRoot;
  const auto file = open_regular_file(directory.fd(), kDirRoot, links);
  if (!file) {
    throw Error(ErrorCode::kNotFound, "no image in " + directory.path() + ": it has no manifest.json",
                "for an OCI image layout write oci:" + directory.path());
  }
  const Bytes bytes = read_all(file->get(), kMostDocumentBytes, path);
  try {
    check_json(as_text(bytes));
    const JsonView document(as_text(bytes));
    std::string type = parse_media_type(document);
    if (type.empty()) type = document.find("manifests") ? kOciIndex : kOciManifest;
    return {{std::move(type), Digest::of(bytes), bytes.size(), {}, std::nullopt, false, false}, {}};
  } catch (const Error& error) {
    throw error.in(path);
  }
}

}  // namespace

DirSource::DirSource(const DirReference& reference, Links links)
    : links_(links),
      directory_(require_directory(reference).directory, links),
      root_(read_root_of(directory_, links)) {}

Fd DirSource::open_file(const Descriptor& blob) const {
  const bool is_root = blob.digest == root_.descriptor.digest;
  for (const std::string& name :
       {is_root ? std::string(kDirRoot) : blob.digest.hex(), dir_document(blob.digest)}) {
    if (auto file = open_regular_file(directory_.fd(), name, links_)) return std::move(*file);
  }
  throw missing_blob(blob, directory_.path());
}

std::unique_ptr<Source> DirSource::open(const Descriptor& blob, ChunkPool& pool) {
  auto file = std::make_unique<FdSource>(open_file(blob), label(blob), pool);
  return std::make_unique<VerifyingSource>(std::move(file), blob.digest, blob.size);
}

void DirSource::check_presence(const Descriptor& blob) {
  const Fd file = open_file(blob);
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) throw errno_error(label(blob));
  require_size(blob, static_cast<std::uint64_t>(status.st_size));
}

}  // namespace imgcrypt
