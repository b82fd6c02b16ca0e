#include "transport/registry/upload/pending_upload.hpp"

namespace imgcrypt {

Error PendingUpload::lost(const std::string& why) const {
  return {ErrorCode::kNetwork, connection.image().host + ": the upload of a blob is lost: " + why,
          "try again"};
}

}  // namespace imgcrypt
