#include "image/layer_check.hpp"

#include "base/peeked_source.hpp"
#include "image/diff_ids.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/diff_id.hpp"
#include "oci/media_types.hpp"

#include <optional>

namespace imgcrypt {
namespace {

void check_plaintext(Source& layer, const LayerToCheck& check, std::string_view media_type,
                     Reporter& reporter) {
  PeekedSource plaintext(layer, kMagicBytes);
  const Compression compression = detect_compression(plaintext.head());
  if (check.diff_ids.empty()) {
    drain(plaintext);
  } else {
    std::optional<Digest> found;
    std::optional<Error> failure;
    try {
      found = diff_id_of(plaintext, check.diff_ids.begin()->algorithm());
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      failure = error;
    }
    // A layer that is damaged or forged fails as that, whatever its decompression says.
    drain(plaintext);
    if (failure) throw Error(*failure);
    check_diff_id(check.diff_ids, *found);
  }
  if (const auto note = compression_note(media_type, compression)) reporter.note(check.place + ": " + *note);
}

}  // namespace

void check_layer_content(ImageSource& source, const LayerToCheck& check, ReadAhead ahead,
                         Reporter& reporter) {
  const std::string& media_type = check.layer.media_type;
  const auto blob = source.open(check.layer);
  MovingBlob moving(reporter.progress(), check.place, check.layer.size);
  CountingSource counted(*blob, moving);
  ReadAheadSource stored(counted, ahead);
  if (check.keys != nullptr) {
    Lane lane(LaneKind::kInline);  // the threads before and behind it keep the cores busy
    DecryptingSource decrypted(stored, check.keys->options, check.keys->public_options, lane);
    ReadAheadSource plaintext(decrypted, ahead);
    check_plaintext(plaintext, check, decrypted_type(media_type), reporter);
  } else if (is_plain_layer(media_type)) {
    check_plaintext(stored, check, media_type, reporter);
  } else {
    drain(stored);
  }
  moving.finish();
}

}  // namespace imgcrypt
