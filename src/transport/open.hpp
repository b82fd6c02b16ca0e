// From a reference to the transport that reads or writes it.
#pragma once

#include "transport/image_store.hpp"
#include "transport/reference.hpp"

#include <memory>
#include <optional>

namespace imgcrypt {

// What a command knows of its stores beside their references. Made once for each side.
struct TransportOptions {
  // For a destination: where the image comes from. What both sides share need not be moved.
  std::optional<Reference> other = std::nullopt;
  // For a destination: the image that is to be replaced. commit() then throws kOther when the name has become
  // another's meanwhile, so that nobody's work is lost.
  std::optional<Digest> in_place_of = std::nullopt;
};

// Throws kNotFound when there is no such image, listing those that there are.
[[nodiscard]] std::unique_ptr<ImageSource> open_source(const Reference& reference,
                                                       const TransportOptions& options = {});
// Touches nothing yet. Throws kUsage for a reference that nothing can be written to.
[[nodiscard]] std::unique_ptr<ImageDestination> open_destination(const Reference& reference,
                                                                 const TransportOptions& options = {});
// Null for a transport whose images share nothing, or nothing that we could see.
[[nodiscard]] std::unique_ptr<SharedStore> open_shared_store(const Reference& reference);

// Where to write so that the result takes the place of the image that `source` names and whose root is given:
// under the name that it has. Throws kUsage when it has none, or shares it with other images.
[[nodiscard]] Reference in_place_reference(const Reference& source, const RootDescriptor& root);

// Whether writing to `destination` would replace the very image that `source` names. False when either is
// missing.
[[nodiscard]] bool would_replace(const Reference& destination, const Reference& source);

}  // namespace imgcrypt
