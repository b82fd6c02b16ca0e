// From a reference to the transport that reads or writes it: the only header of a transport that src/image
// and cli include, beside the interfaces. A new transport adds its struct to Reference::Parts, and its folder
// has these functions for that struct.
#pragma once

#include "transport/image_store.hpp"
#include "transport/reference.hpp"
#include "transport/transport_options.hpp"

#include <imgcrypt/error.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace imgcrypt {

// Throws kNotFound when there is no such image; the hint lists what is there. kUsage when there are several;
// the hint says how to name one. kIntegrity and kRefused for a store that cannot be read.
[[nodiscard]] std::unique_ptr<ImageSource> open_source(const Reference& reference,
                                                       const TransportOptions& options);
// Creates and reads nothing yet. Throws kUsage for a reference that cannot be written to: by digest or
// position, unless it is the origin's, or with a tag that the transport does not allow.
[[nodiscard]] std::unique_ptr<ImageDestination> open_destination(const Reference& reference,
                                                                 const TransportOptions& options);
// Null for a transport whose images share nothing, or nothing that we can list. Its store need not exist.
// Options as for a destination.
[[nodiscard]] std::unique_ptr<SharedStore> open_shared_store(const Reference& reference,
                                                             const TransportOptions& options);

// What to call the result of writing to `destination`, for people: in place by the tag of the image that it
// replaces, since it has another digest, and may get another position.
[[nodiscard]] Reference written_reference(const Reference& destination, const Origin& origin);

// Whether writing to `destination` would take its name from the very image that was read from `origin`, so
// that a partial result would lose the rest of it. Throws as open_destination, and what check() throws for
// names.
[[nodiscard]] bool would_replace(const Reference& destination, const Origin& origin);

// An entry of a store's list of images. All but the position may be missing.
struct ListedImage {
  std::size_t position = 0;                // from 0: oci:DIR:@N
  std::optional<std::string> tag;          // as the standard has it
  std::optional<std::string> name;         // as containerd has it: docker.io/library/busybox:1
  std::optional<std::string> usable_name;  // the one of the two by which a reference names this image alone
  std::optional<Descriptor> root;
  std::optional<Error> problem;  // why the entry cannot be read
};
// What a store lists, in its order; of the reference only the store counts. Throws kUsage for a reference to
// one image, kNotFound when there is no such store.
[[nodiscard]] std::vector<ListedImage> list_images(const Reference& reference,
                                                   const TransportOptions& options);

}  // namespace imgcrypt
