// What transport/open.hpp asks of every transport, for OCI image layouts: the functions mean and throw what
// is said there. Used by open.cpp alone.
#pragma once

#include "transport/layout/layout_entries.hpp"
#include "transport/open.hpp"

#include <memory>
#include <vector>

namespace imgcrypt {

[[nodiscard]] std::unique_ptr<ImageSource> open_source(const LayoutReference& reference,
                                                       const TransportOptions& options);
[[nodiscard]] std::unique_ptr<ImageDestination> open_destination(const LayoutReference& reference,
                                                                 const TransportOptions& options);
[[nodiscard]] std::unique_ptr<SharedStore> open_shared_store(const LayoutReference& reference,
                                                             const TransportOptions& options);
[[nodiscard]] Reference written_reference(const LayoutReference& destination, const Origin& origin);
[[nodiscard]] bool would_replace(const LayoutReference& destination, const Origin& origin);
// Of entries that were read from a layout or an archive, in their order.
[[nodiscard]] std::vector<ListedImage> listed_images(const std::vector<LayoutEntry>& entries);
[[nodiscard]] std::vector<ListedImage> list_images(const LayoutReference& reference,
                                                   const TransportOptions& options);

}  // namespace imgcrypt
