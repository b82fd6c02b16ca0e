// The use case decrypt: an image with the chosen layers decrypted, each held to what its config says of it.
#pragma once

#include "image/change/carry_out.hpp"
#include "image/change/decryption_plan.hpp"
#include "image/reporter.hpp"
#include "image/tree/selection.hpp"
#include "keywrap/key_wrapper.hpp"
#include "transport/image_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// Whether layers that no key opens are an error, or stay encrypted provided that another layer is opened. A
// damaged layer is an error either way.
enum class Locked { kFail, kStay };

// What decrypt_image() is told. Layers that are not selected stay encrypted; platforms are left out.
struct DecryptOptions {
  Selection selection = {};
  Locked locked = Locked::kFail;
  DiffIdCheck diff_ids = DiffIdCheck::kAuto;
  WriteOptions write = {};
};

// What became of a layer; after a dry run, what would.
enum class DecryptedAs {
  kDecrypted,
  kLocked,     // stays encrypted because no key opens it
  kNotChosen,  // stays encrypted because it was not selected
  kPlain,      // was not encrypted
};

// What a dry run says of it: "would be decrypted", "would stay encrypted: not selected".
[[nodiscard]] std::string description(DecryptedAs outcome);

// One entry for each place where a layer occurs.
struct DecryptedLayer {
  std::string place;  // "layer 3 of linux/arm64"
  Descriptor layer;   // as it was, without its annotations
  DecryptedAs outcome;
};

// How the result compares with the image that was encrypted. The record is the root's own annotation
// (source_digest.hpp), the newest if it has several; those of its children are not compared here.
enum class Exactness {
  kExact,         // identical to it
  kDifferent,     // what was encrypted had another digest
  kNotRecorded,   // the record is missing, or is not a digest
  kPartial,       // some layers stay encrypted
  kNotEncrypted,  // copied as it was
};

// What decrypt_image() did; after a dry run, what it would do as far as that is known without reading layers.
struct DecryptResult : WriteResult {
  std::vector<DecryptedLayer> layers;              // of every manifest, in order
  std::vector<std::string> left_out;               // platforms that were not chosen
  Exactness exactness = Exactness::kNotEncrypted;  // has no meaning after a dry run
  std::optional<std::string> source_digest;  // of what was encrypted, as the image records it; not proven
};

// All keys are unwrapped, and plain layers checked, before anything is written. Nothing is visible at the
// destination after an exception. Throws kNoKey when a layer cannot be opened; kIntegrity when one is
// damaged, forged or another image's, or when a plain type has encryption annotations; kProvider when a key
// provider failed that may have opened it; kRefused when no encrypted layer is selected; kNotFound when
// something is missing; kUsage for a selection that does not fit the image; and what the stores throw. The
// arguments must outlive the call only. Returns when all threads have ended; a signal ends it with kCancelled
// at the next chunk. `unwrappers` are used by several threads.
DecryptResult decrypt_image(ImageSource& source, ImageDestination& destination,
                            const KeyUnwrappers& unwrappers, const DecryptOptions& options,
                            Reporter& reporter);

}  // namespace imgcrypt
