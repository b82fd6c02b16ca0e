#include "transport/registry/upload/pending_upload.hpp"

namespace imgcrypt {

Error PendingUpload::counted(const Error& failure) {
  silences += failure.silences();
  return failure.after_silences(silences);
}

Error PendingUpload::lost(const std::string& why) const {
  return Error(ErrorCode::kNetwork, connection.image().host + ": the upload of a blob is lost: " + why,
               "try again")
      .after_silences(silences);
}

}  // namespace imgcrypt
