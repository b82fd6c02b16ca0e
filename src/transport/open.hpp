// From a reference to the transport that reads or writes it: the only header of a transport that src/image
// and cli include, beside the interfaces. A new transport adds its struct to Reference::Parts and its case
// here.
#pragma once

#include "transport/image_store.hpp"
#include "transport/reference.hpp"

#include <memory>
#include <optional>

namespace imgcrypt {

// What a command knows about its stores beyond their references. Made once for each side.
struct TransportOptions {
  // For a destination: where the image comes from. Blobs that both sides share need not be moved (adopt).
  std::optional<Reference> other = std::nullopt;
  // For a destination: the image that is to be replaced. commit() throws kOther if the name belongs to
  // another image by then, so that a change that another program made in the meantime is not lost.
  std::optional<Digest> in_place_of = std::nullopt;
};

// Throws kNotFound when there is no such image, or several; the hint lists what is there. kIntegrity and
// kRefused for a store that cannot be read.
[[nodiscard]] std::unique_ptr<ImageSource> open_source(const Reference& reference,
                                                       const TransportOptions& options);
// Creates and reads nothing yet. Throws kUsage for a reference that cannot be written to: by digest, by
// position, or with a tag that the transport does not allow.
[[nodiscard]] std::unique_ptr<ImageDestination> open_destination(const Reference& reference,
                                                                 const TransportOptions& options);
// Null for a transport whose images share nothing, or nothing that we can list. Its store need not exist.
[[nodiscard]] std::unique_ptr<SharedStore> open_shared_store(const Reference& reference);

// Where to write so that the result replaces the image that `source` names and whose root is `root`: under
// its tag in the same store. Throws kUsage when it has no tag, kNotFound when several images have that tag:
// the others would lose it.
[[nodiscard]] Reference in_place_reference(const Reference& source, const RootDescriptor& root);

// Whether writing to `destination` would take its name from the very image that `source` names, so that a
// partial result would lose the rest of it. False when either does not exist, or the destination has no tag.
[[nodiscard]] bool would_replace(const Reference& destination, const Reference& source);

}  // namespace imgcrypt
