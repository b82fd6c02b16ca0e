// The use case encrypt: an image with the chosen layers encrypted for its recipients. Docker's schema 2
// becomes OCI. What it cannot promise: whoever has the plain image elsewhere still has it (README).
#pragma once

#include "image/change/carry_out.hpp"
#include "image/reporter.hpp"
#include "image/tree/selection.hpp"
#include "keywrap/parse_recipients.hpp"
#include "transport/image_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// What encrypt_image() is told. A value; the two pointers must outlive the call.
struct EncryptOptions {
  // Layers that it does not choose stay plain, and platforms that it does not choose are left out.
  Selection selection = {};
  // Layers that also occur in this image (base_layers.hpp) are not encrypted. Null: there is none.
  ImageSource* base = nullptr;
  // To add the recipients to layers that are already encrypted. Null: those keep their recipients.
  const KeyUnwrappers* unwrappers = nullptr;
  WriteOptions write = {};
};

// What became of a layer; after a dry run, what would.
enum class EncryptedAs {
  kEncrypted,        // encrypted now
  kRecipientsAdded,  // was encrypted; the recipients were added
  kKept,             // was encrypted; keeps its recipients
  kNotChosen,        // stays plain because it was not selected
  kBase,             // stays plain because the base has it
  kForeign,          // stays plain because everyone fetches it from its urls (is_foreign())
  kNotALayer,        // of a type that is never encrypted
};

// What a dry run says of it: "would be encrypted", "would not be encrypted: not selected".
[[nodiscard]] std::string description(EncryptedAs outcome);

// One entry for each place where a layer occurs: a layer that two platforms share has two.
struct LayerOutcome {
  std::string place;  // "layer 3 of linux/arm64"
  Descriptor layer;   // as it was
  EncryptedAs outcome;
  // The plain blob of a layer that is encrypted in the result, if known: what a store may still hold.
  std::optional<Digest> plain;
};

// What encrypt_image() did; after a dry run, what it would do.
struct EncryptResult : WriteResult {
  std::vector<LayerOutcome> layers;   // of every manifest, in order
  std::vector<std::string> left_out;  // platforms that were not chosen
  std::set<Digest> plain_left_out;    // the plain layers that occur only in these
};

// Each layer gets a new random key, and no plaintext of it reaches the destination. Nothing is visible there
// after an exception. Throws kRefused when there is nothing to encrypt, a layer is too tiny or the
// new manifest would be too large; kIntegrity when something is damaged, or the config's diff_ids do not
// match the layers, so that nobody could decrypt the result; kNoKey when options.unwrappers do not open a
// layer that is already encrypted; kProvider; kNotFound when something is missing; kUsage for a selection
// that does not fit the image; and what the stores throw. The arguments must outlive the call only. REQUIRES:
// at least one wrapper. Returns when all threads have ended; a signal ends it with kCancelled at the next
// chunk. `wrappers` are used by several threads.
EncryptResult encrypt_image(ImageSource& source, ImageDestination& destination, const KeyWrappers& wrappers,
                            const EncryptOptions& options, Reporter& reporter);

}  // namespace imgcrypt
