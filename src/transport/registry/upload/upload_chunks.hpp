// The usual way to upload a large blob: chunk after chunk, each acknowledged (distribution specification,
// "Pushing a blob in chunks"). Used by upload_blob().
#pragma once

#include "transport/registry/upload/pending_upload.hpp"

namespace imgcrypt {

// Sends PATCHes of at most kMostUnacknowledged bytes each until all is acknowledged; what the registry says
// that it lacks is sent again. False when it refuses another PATCH than a first one, or even that: how much
// it has then is window.acknowledged(). Throws what the content throws; kNetwork when the upload is lost;
// kRegistry when the registry refuses; kCancelled.
[[nodiscard]] bool send_chunks(PendingUpload& upload);

}  // namespace imgcrypt
