// One blob on its way into a registry, in chunks (distribution specification, "Pushing Blobs"). What the
// registry has not acknowledged is kept, and sent again from where it says that it is.
#pragma once

#include "oci/digest.hpp"
#include "transport/image_store.hpp"
#include "transport/registry/registry_connection.hpp"
#include "transport/registry/upload/upload_session.hpp"

#include <filesystem>

namespace imgcrypt {

struct BlobUploadPlace {
  RegistryConnection& connection;
  UploadSession session;  // opened, and not used yet
  // For a registry that does not take chunks, if the digest is known only at the end.
  std::filesystem::path temporary_directory;
};

// Sends the content while it is pulled; a blob that fits into one chunk in one request. Returns its digest.
// Throws what `content` throws; kIntegrity when size or digest is not the expected one; kNetwork when the
// upload is lost, so that the content must be made anew; kRegistry when the registry refuses. The session is
// gone in any case.
[[nodiscard]] Digest upload_blob(BlobUploadPlace place, const BlobInfo& info, Source& content);

}  // namespace imgcrypt
