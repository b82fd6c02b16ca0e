// One blob on its way into a registry (distribution specification, "Pushing Blobs"). What the registry has
// not acknowledged is kept, and sent again from where it says that it is.
#pragma once

#include "oci/digest.hpp"
#include "transport/image_store.hpp"
#include "transport/registry/registry_connection.hpp"
#include "transport/registry/upload/upload_session.hpp"

#include <atomic>
#include <filesystem>

namespace imgcrypt {

// The requests by which a registry takes a large blob, the best first.
enum class UploadForm {
  kChunks,    // several PATCHes, then PUT
  kOnePatch,  // a single PATCH, then PUT; a blob whose digest is known comes with the PUT alone
  kOnePut,    // the PUT alone, which wants the digest before the first byte
};

struct BlobUploadPlace {
  RegistryConnection& connection;
  UploadSession session;  // opened, and not used yet
  // What the registry is known to take; shared by all uploads to it, and corrected by whoever is refused.
  std::atomic<UploadForm>& form;
  // Where a blob waits for its digest with kOnePut.
  std::filesystem::path temporary_directory;
};

// Sends the content while it is pulled; a blob that fits into one chunk in one request. Returns its digest.
// Throws what `content` throws; kIntegrity when size or digest is not the expected one; kNetwork when the
// upload is lost, or the registry refuses its form only in the middle, so that the content must be made anew;
// kRegistry when the registry refuses. The session is gone in any case.
[[nodiscard]] Digest upload_blob(BlobUploadPlace place, const BlobInfo& info, Source& content);

}  // namespace imgcrypt
