// What transport/open.hpp asks of every transport, for archives: the functions mean and throw what is said
// there. Used by open.cpp alone.
#pragma once

#include "transport/open.hpp"

#include <memory>
#include <vector>

namespace imgcrypt {

// Reads all of stdin if the reference says so.
[[nodiscard]] std::unique_ptr<ImageSource> open_source(const ArchiveReference& reference,
                                                       const TransportOptions& options);
[[nodiscard]] std::unique_ptr<ImageDestination> open_destination(const ArchiveReference& reference,
                                                                 const TransportOptions& options);
// Always null: an archive is written as a whole.
[[nodiscard]] std::unique_ptr<SharedStore> open_shared_store(const ArchiveReference& reference,
                                                             const TransportOptions& options);
[[nodiscard]] Reference written_reference(const ArchiveReference& destination, const Origin& origin);
[[nodiscard]] bool would_replace(const ArchiveReference& destination, const Origin& origin);
[[nodiscard]] std::vector<ListedImage> list_images(const ArchiveReference& reference,
                                                   const TransportOptions& options);

}  // namespace imgcrypt
