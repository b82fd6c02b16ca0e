// The use case copy: an image written as it is, encrypted or not, with all platforms or some.
#pragma once

#include "image/change/carry_out.hpp"
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
  WriteOptions write = {};
};

struct CopiedLayer {
  std::string place;  // "layer 3 of linux/arm64"
  Descriptor layer;   // without its annotations
};

// What copy_image() did; after a dry run, what it would do.
struct CopyResult : WriteResult {
  std::vector<CopiedLayer> layers;    // of every manifest, in order
  std::vector<std::string> left_out;  // platforms that were not chosen
};

// Documents and blobs keep their bytes, except an index that loses platforms. Needs no key. Each blob is
// checked against its digest on the way; nothing is visible at the destination after an exception. Throws
// kRefused when the digest would change and must not, or what was read is not an image; kNotFound when the
// image lacks a platform or a blob; kIntegrity when something is damaged; and what the stores throw.
CopyResult copy_image(ImageSource& source, ImageDestination& destination, const CopyOptions& options,
                      Reporter& reporter);

}  // namespace imgcrypt
