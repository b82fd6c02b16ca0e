#include "image/layer_check.hpp"

#include "base/stream/peeked_source.hpp"
#include "image/tree/diff_ids.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/inflate/diff_id.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

void check_plaintext(Source& layer, const LayerToCheck& check, std::string_view media_type,
                     Reporter& reporter) {
  PeekedSource plaintext(layer, kMagicBytes);
  const Compression compression = detect_compression(plaintext.head());
  if (check.diff_ids.empty()) {
    drain(plaintext);
  } else {
    DiffIdSource measured(plaintext, check.diff_ids.begin()->algorithm());
    drain(measured);
    check_diff_id(check.diff_ids, measured.diff_id());
  }
  if (const auto note = compression_note(media_type, compression)) reporter.note(check.place + ": " + *note);
}

}  // namespace

void check_layer_content(ImageSource& source, const LayerToCheck& check, LaneKind lane_kind,
                         Reporter& reporter) {
  const std::string& media_type = check.layer.media_type;
  const bool is_opened = check.keys != nullptr;
  Lane lane(is_opened ? lane_kind : LaneKind::kInline);
  const auto blob = is_opened ? source.open(check.layer, &lane) : source.open(check.layer);
  MovingBlob moving(reporter.progress(), check.place, check.layer.size);
  CountingSource stored(*blob, moving);
  if (is_opened) {
    DecryptingSource plaintext(stored, check.keys->options,
                               layer_hmac(check.keys->options, check.keys->public_options), lane);
    check_plaintext(plaintext, check, decrypted_type(media_type), reporter);
  } else if (is_plain_layer(media_type)) {
    check_plaintext(stored, check, media_type, reporter);
  } else {
    drain(stored);
  }
  moving.finish();
}

}  // namespace imgcrypt
