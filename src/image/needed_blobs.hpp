// Which blobs the images of a shared store need. Removing anything else harms none of them, so whatever is
// unknown stops the removal: a document that is damaged, or of a type that we do not know.
#pragma once

#include "image/tree/tree.hpp"
#include "transport/image_store.hpp"

#include <set>

namespace imgcrypt {

// Everything that the documents of an image name, and their own digests: indexes, manifests, configs, layers,
// and what an index lists besides. Not the subject of a referrer.
[[nodiscard]] std::set<Digest> listed_blobs(const ImageNode& image);

// What the images of `contents` list, the images that they or the list itself refer to (OCI image
// specification, `subject`), what documents need that are the content of artifacts, and what the store needs
// besides. Throws kRefused when that is unknown.
[[nodiscard]] std::set<Digest> needed_blobs(SharedStore& store, const StoreContents& contents);

// Adds to `needed` the documents of `others` whose subject is needed, such as signatures, with all that they
// list, or name in a way that we do not know: though no list of images names them, whoever looks for
// referrers finds them. What cannot be read is not one.
void add_referrers(SharedStore& store, const std::vector<StoredBlob>& others, std::set<Digest>& needed);

// The images of the store that need one of `blobs`, each by its tag, or else by its digest; of one that needs
// it for its `subject`, such as a signature, that is said: "sha256:1a2b... (it refers to sha256:3c4d...)".
// The store's lists too. Empty when nothing does. Throws as needed_blobs.
[[nodiscard]] std::vector<std::string> holders_of(SharedStore& store, const StoreContents& contents,
                                                  const std::set<Digest>& blobs);

}  // namespace imgcrypt
