// The parts of results that several commands have in common, as JSON objects; docs/output.schema.json has
// their members. Commands add their own members to what these return.
#pragma once

#include "cli/json/json_object.hpp"
#include "image/change/carry_out.hpp"
#include "keywrap/packet_recipient.hpp"
#include "oci/descriptor.hpp"
#include "transport/reference.hpp"

#include <set>
#include <string>

namespace imgcrypt::cli {

// An image that was read or written: reference, digest, mediaType and size of its root document.
[[nodiscard]] JsonObject image_result(const Reference& reference, const Descriptor& root);

// An image that was written, and the one that had its name before. After a dry run digest, mediaType and size
// are missing, as nothing has them yet. `replaced` is null if the name was free.
[[nodiscard]] JsonObject written_result(const Reference& target, const WriteResult& written);

// `place` is the layer's place in the image: "layer 3 of linux/arm64". One digest may occur at several
// places.
[[nodiscard]] JsonObject layer_result(const std::string& place, const Descriptor& layer);

// All members are texts, and empty where the packet does not say. They come from the image and may hold any
// bytes; JsonObject makes them ASCII.
[[nodiscard]] JsonObject recipient_result(const PacketRecipient& recipient);

// The digests as texts, in order.
[[nodiscard]] JsonArray array_of(const std::set<Digest>& digests);

}  // namespace imgcrypt::cli
