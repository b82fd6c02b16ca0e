#include "image/change/layer_decryption.hpp"

#include "base/stream/peeked_source.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/inflate/inflating_source.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {

DescriptorEdit decrypted_edit(const Descriptor& layer, const Digest& plaintext) {
  DescriptorEdit edit;
  edit.digest = plaintext;
  edit.media_type = decrypted_type(layer.media_type);
  for (const auto& [name, value] : layer.annotations) {
    if (name.starts_with(kEncryptionPrefix)) edit.annotations.removed.insert(name);
  }
  return edit;
}

BlobInfo LayerDecryption::expected_blob() const {
  return {.media_type = decrypted_type(layer_.media_type),
          .size = layer_.size,
          .algorithm = layer_.digest.algorithm(),
          .made_from = layer_.digest};
}

DescriptorEdit LayerDecryption::apply(Source& blob, BlobDestination& destination) const {
  DecryptingSource decrypted(blob, keys_->options, hmac());
  PeekedSource plaintext(decrypted, kMagicBytes);
  const Compression compression = detect_compression(plaintext.head());
  const HashAlgorithm stored_as = layer_.digest.algorithm();
  const ExpectedDiffIds& diff_ids = expected_.diff_ids;
  const HashAlgorithm named_by = diff_ids.empty() ? stored_as : diff_ids.begin()->first.algorithm();
  // The destination hashes what it stores, and what is not compressed is its own diff_id: no second hash is
  // needed.
  const bool is_its_own = compression == Compression::kNone && named_by == stored_as;
  std::optional<DiffIdSource> measured;
  if (!diff_ids.empty() && !expected_.exact && !is_its_own) measured.emplace(plaintext, named_by);
  const bool is_measured = measured && measured->has_thread();
  Source* stored = &plaintext;
  if (measured) stored = &*measured;

  // Hashed with the algorithm of the encrypted blob, as encrypting did: otherwise the name could not come out
  // as it was.
  const Digest digest = destination.put_blob(expected_blob(), *stored);
  // Only now is it known whether the writer's digest was right. If it was wrong, `auto` has measured nothing.
  if (expected_.exact != digest && expected_.diff_ids_problem) throw Error(*expected_.diff_ids_problem);
  if (expected_.exact != digest && !diff_ids.empty()) {
    const DiffId found = is_measured  ? measured->diff_id()
                         : is_its_own ? DiffId{digest}
                                      : diff_id_by_second_read(named_by);
    notes_.add_trailing_bytes(expected_.place, found);
    check_diff_ids(diff_ids, expected_.place, {found.digest, foreign_compression(plaintext.head())});
  }
  // Only a detail: containers/image may compress a layer after its digest was noted, so honest images differ
  // too.
  if (keys_->options.source_digest != digest.string())
    reporter_.detail(expected_.place + ": before encryption its digest was " + keys_->options.source_digest);
  notes_.add_compression(expected_.place, decrypted_type(layer_.media_type), compression);
  return decrypted_edit(layer_, digest);
}

LayerMac LayerDecryption::hmac() const { return layer_hmac(keys_->options, keys_->public_options); }

// For a layer that is not what its writer recorded, which is known only at its end. Rare, so it may cost a
// second read.
DiffId LayerDecryption::diff_id_by_second_read(HashAlgorithm algorithm) const {
  ChunkPool pool(Hands::kTwo);
  const auto blob = source_.open(layer_, pool);
  DecryptingSource plaintext(*blob, keys_->options, hmac());
  return diff_id_of(plaintext, algorithm);
}

}  // namespace imgcrypt
