// What a command knows about its stores beyond their references. Made once for each side, in cli; transports
// take from it what concerns them.
#pragma once

#include "transport/image_store.hpp"
#include "transport/layout/layout_directory.hpp"
#include "transport/reference.hpp"
#include "transport/registry/registry_options.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace imgcrypt {

// The image that a destination's content comes from.
struct Origin {
  Reference reference;
  RootDescriptor root;
};

struct TransportOptions {
  // Of a layout that images are read from.
  Links links = Links::kRefuse;
  // For a source: if the reference names several images, the one for such a platform is meant.
  std::function<bool(const Platform&)> is_wanted = {};
  // For a destination. Blobs that both sides share need not be moved (adopt), and an image that is written
  // under the reference that it was read from replaces exactly that one: commit() then throws kOther if
  // another program changed it in the meantime.
  std::optional<Origin> origin = std::nullopt;
  // Told what the user should know while a store works, one line each, by any thread.
  std::function<void(const std::string&)> warn = {};
  // How to talk to a registry.
  RegistryOptions registry = {};
  // Where what must be spooled goes: unlinked files that only we can read.
  std::filesystem::path temporary_directory = "/var/tmp";
};

}  // namespace imgcrypt
