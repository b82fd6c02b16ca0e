// The use case copy: an image written as it is, encrypted or not, with all platforms or some.
#pragma once

#include "image/change/dry_run.hpp"
#include "image/change/referrers.hpp"
#include "image/reporter.hpp"
#include "image/tree/tree.hpp"
#include "transport/image_store.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

// Which media types the documents have afterwards.
enum class TypesChoice {
  kKeep,
  kOci,  // Docker's become OCI's, which changes digests
};

// Whether the image may get another digest: by leaving out platforms, or by another type.
enum class DigestRule { kMayChange, kMustStay };

// What copy_image() is told.
struct CopyOptions {
  std::vector<Platform> platforms = {};  // none: all, byte for byte
  TypesChoice types = TypesChoice::kKeep;
  DigestRule digest = DigestRule::kMayChange;
  ReferrersChoice referrers = ReferrersChoice::kDrop;
  DryRun dry_run = DryRun::kNo;
  unsigned jobs = 1;  // blobs at the same time, at least 1
};

struct CopiedLayer {
  std::string place;  // "layer 3 of linux/arm64"
  Descriptor layer;
};

// What copy_image() did; after a dry run, what it would do.
struct CopyResult {
  std::optional<Descriptor> root;     // nullopt after a dry run
  std::optional<Digest> replaced;     // another image that had the destination's name before
  std::vector<CopiedLayer> layers;    // of every manifest, in order
  std::vector<std::string> left_out;  // platforms that were not chosen
  std::set<Digest> kept;  // only of a dry run: what the result would name, of the blobs that there are
};

// Documents and blobs keep their bytes, except an index that loses platforms. Needs no key. Each blob is
// checked against its digest on the way; nothing is visible at the destination after an exception. Throws
// kRefused when the digest would change and must not, or what was read is not an image; kNotFound when the
// image lacks a platform or a blob; kIntegrity when something is damaged; and what the stores throw.
CopyResult copy_image(ImageSource& source, ImageDestination& destination, const CopyOptions& options,
                      Reporter& reporter);

}  // namespace imgcrypt
