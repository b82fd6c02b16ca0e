// What transport/open.hpp asks of every transport, for skopeo's directories: the functions mean and throw
// what is said there. Used by open.cpp alone.
#pragma once

#include "transport/open.hpp"

#include <memory>
#include <vector>

namespace imgcrypt {

[[nodiscard]] std::unique_ptr<ImageSource> open_source(const DirReference& reference,
                                                       const TransportOptions& options);
[[nodiscard]] std::unique_ptr<ImageDestination> open_destination(const DirReference& reference,
                                                                 const TransportOptions& options);
// Always null: a directory holds one image.
[[nodiscard]] std::unique_ptr<SharedStore> open_shared_store(const DirReference& reference,
                                                             const TransportOptions& options);
[[nodiscard]] Reference written_reference(const DirReference& destination, const Origin& origin);
[[nodiscard]] bool would_replace(const DirReference& destination, const Origin& origin);
// Throws kUsage: its image has no name.
[[nodiscard]] std::vector<ListedImage> list_images(const DirReference& reference,
                                                   const TransportOptions& options);

}  // namespace imgcrypt
