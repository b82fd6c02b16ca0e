// Requests that bring a blob, or what is left of its upload, to its end. Used by upload_blob().
//
// All of them throw kNetwork when the upload is lost, kRegistry when the registry refuses, kCancelled, and
// what the content throws. A request that fails is repeated as the connection's retries say, in a new session
// and from the first byte, if the window still has that.
#pragma once

#include "oci/digest.hpp"
#include "transport/registry/upload/pending_upload.hpp"

namespace imgcrypt {

// The whole blob in one PATCH. False if the registry takes none. REQUIRES: nothing is acknowledged.
[[nodiscard]] bool patch_whole(PendingUpload& upload);
// The whole blob in the last request, PUT. The session is then gone. Throws kIntegrity if the registry found
// another digest. REQUIRES: `body` begins with the first byte.
void put_whole(PendingUpload& upload, const Digest& digest, RequestBody& body);
// The same when the registry has all of it: nothing is left to send, and nothing could be sent again.
void end_upload(PendingUpload& upload, const Digest& digest);

}  // namespace imgcrypt
