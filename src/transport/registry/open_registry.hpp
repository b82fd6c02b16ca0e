// What transport/open.hpp asks of every transport, for registries: the functions mean and throw what is said
// there. Used by open.cpp alone.
#pragma once

#include "transport/open.hpp"

#include <memory>
#include <vector>

namespace imgcrypt {

[[nodiscard]] std::unique_ptr<ImageSource> open_source(const RegistryReference& reference,
                                                       const TransportOptions& options);
[[nodiscard]] std::unique_ptr<ImageDestination> open_destination(const RegistryReference& reference,
                                                                 const TransportOptions& options);
// Null: a registry does not say what it has.
[[nodiscard]] std::unique_ptr<SharedStore> open_shared_store(const RegistryReference& reference,
                                                             const TransportOptions& options);
[[nodiscard]] Reference written_reference(const RegistryReference& destination, const Origin& origin);
[[nodiscard]] bool would_replace(const RegistryReference& destination, const Origin& origin);
// One for each tag, without asking what it leads to.
[[nodiscard]] std::vector<ListedImage> list_images(const RegistryReference& reference,
                                                   const TransportOptions& options);

}  // namespace imgcrypt
