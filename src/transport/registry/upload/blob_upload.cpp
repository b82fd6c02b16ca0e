#include "transport/registry/upload/blob_upload.hpp"

#include "transport/registry/upload/pending_upload.hpp"
#include "transport/registry/upload/spooled_body.hpp"
#include "transport/registry/upload/upload_chunks.hpp"
#include "transport/registry/upload/whole_upload.hpp"

#include <utility>

namespace imgcrypt {
namespace {

// The next one is tried at once only if it can begin with the first byte.
void go_over_to(UploadForm form, std::atomic<UploadForm>& known, const PendingUpload& upload) {
  known = form;
  if (upload.window.acknowledged() > 0)
    throw upload.lost("the registry does not take it in parts, as it says only now");
}

Digest put_known(PendingUpload& upload, const Digest& digest) {
  PassingBody body(upload.window);
  put_whole(upload, digest, body);
  return digest;
}

Digest end_at_digest(PendingUpload& upload) {
  Digest digest = upload.window.finish();
  end_upload(upload, digest);
  return digest;
}

Digest put_small(PendingUpload& upload) {
  Digest digest = upload.window.finish();
  WindowBody body(upload.window, upload.window.size());
  put_whole(upload, digest, body);
  return digest;
}

Digest put_spooled(PendingUpload& upload, const std::filesystem::path& directory) {
  SpooledBody body(directory, upload.window);
  Digest digest = upload.window.finish();
  put_whole(upload, digest, body);
  return digest;
}

}  // namespace

Digest upload_blob(BlobUploadPlace place, const BlobInfo& info, Source& content) {
  PendingUpload upload{place.connection, std::move(place.session), UploadWindow(info, content)};
  if (info.size <= kMostUnacknowledged) return put_small(upload);
  if (place.form == UploadForm::kChunks && upload.session.shortest_chunk() <= kMostUnacknowledged) {
    if (send_chunks(upload)) return end_at_digest(upload);
    go_over_to(UploadForm::kOnePatch, place.form, upload);
  }
  if (info.digest) return put_known(upload, *info.digest);
  if (place.form != UploadForm::kOnePut) {
    if (patch_whole(upload)) return end_at_digest(upload);
    go_over_to(UploadForm::kOnePut, place.form, upload);
  }
  return put_spooled(upload, place.temporary_directory);
}

}  // namespace imgcrypt
