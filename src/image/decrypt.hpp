// Decrypts the chosen layers of an image.
#pragma once

#include "image/change/dry_run.hpp"
#include "image/reporter.hpp"
#include "image/tree/selection.hpp"
#include "keywrap/key_wrapper.hpp"
#include "transport/image_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// Whether layers that no key opens are an error, or stay encrypted when another is opened.
enum class Locked { kFail, kStay };

// Which layers must be those that the image's config means, by their diff_ids.
enum class DiffIdCheck {
  kAuto,    // those of manifests that do not become the very ones that were encrypted
  kAlways,  // all
  kNever,
};

struct DecryptOptions {
  Selection selection = {};
  Locked locked = Locked::kFail;
  DiffIdCheck diff_ids = DiffIdCheck::kAuto;
  DryRun dry_run = DryRun::kNo;
  unsigned jobs = 1;
};

enum class DecryptedAs {
  kDecrypted,
  kLocked,     // stays encrypted, as no key opens it
  kNotChosen,  // stays encrypted, as it was not selected
  kPlain,      // was not encrypted
};

// "is decrypted", "stays encrypted: not chosen".
[[nodiscard]] std::string description(DecryptedAs outcome);

struct DecryptedLayer {
  std::string place;  // "layer 3 of linux/arm64"
  Descriptor layer;   // as it was
  DecryptedAs outcome;
};

enum class Exactness {
  kExact,         // the very image that was encrypted
  kDifferent,     // what was encrypted had another digest
  kNotRecorded,   // encrypted by a tool that does not say
  kPartial,       // some layers stay encrypted
  kNotEncrypted,  // copied as it was
};

struct DecryptResult {
  std::optional<Descriptor> root;                  // nullopt after a dry run
  std::optional<Digest> replaced;                  // an image that had the destination's name until now
  std::vector<DecryptedLayer> layers;              // of every manifest, in order
  std::vector<std::string> left_out;               // platforms that were not chosen
  Exactness exactness = Exactness::kNotEncrypted;  // known when it is not a dry run
  std::optional<std::string> source_digest;        // of what was encrypted, as it is recorded
};

// All keys are unwrapped before a byte is moved. Throws kNoKey when a layer cannot be opened, kIntegrity when
// one is damaged, forged or another image's, kRefused when no encrypted layer is chosen, kUsage for a
// selection that does not fit the image.
DecryptResult decrypt_image(ImageSource& source, ImageDestination& destination,
                            const KeyUnwrappers& unwrappers, const DecryptOptions& options,
                            Reporter& reporter);

}  // namespace imgcrypt
