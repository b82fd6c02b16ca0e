// Encrypts the chosen layers of an image for its recipients.
#pragma once

#include "image/change/dry_run.hpp"
#include "image/reporter.hpp"
#include "image/tree/selection.hpp"
#include "keywrap/parse_recipients.hpp"
#include "transport/image_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

struct EncryptOptions {
  Selection selection = {};
  ImageSource* base = nullptr;                // whose layers, told by their diff_ids, are left as they are
  const KeyUnwrappers* unwrappers = nullptr;  // to add the recipients to layers that are encrypted already
  DryRun dry_run = DryRun::kNo;
  unsigned jobs = 1;
};

enum class EncryptedAs {
  kEncrypted,        // encrypted now
  kRecipientsAdded,  // was encrypted; the recipients were added
  kKept,             // was encrypted; keeps its recipients
  kNotChosen,        // stays in the clear, as it was not selected
  kBase,             // stays in the clear, as the base has it
  kNotALayer,        // of a type that is not encrypted
};

// "is encrypted", "stays as it is: not chosen".
[[nodiscard]] std::string description(EncryptedAs outcome);

struct LayerOutcome {
  std::string place;  // "layer 3 of linux/arm64"
  Descriptor layer;   // as it was
  EncryptedAs outcome;
  std::optional<Digest> plain;  // of a layer that is encrypted now: the blob that it was made of, if known
};

struct EncryptResult {
  std::optional<Descriptor> root;     // nullopt after a dry run
  std::optional<Digest> replaced;     // an image that had the destination's name until now
  std::vector<LayerOutcome> layers;   // of every manifest, in order
  std::vector<std::string> left_out;  // platforms that were not chosen
  std::set<Digest> plain_left_out;    // the plain layers that only these have
};

// REQUIRES: at least one wrapper. Throws kRefused when there is nothing to encrypt, kNoKey when a layer that
// is encrypted already cannot be opened, kUsage for a selection that does not fit the image.
EncryptResult encrypt_image(ImageSource& source, ImageDestination& destination, const KeyWrappers& wrappers,
                            const EncryptOptions& options, Reporter& reporter);

}  // namespace imgcrypt
