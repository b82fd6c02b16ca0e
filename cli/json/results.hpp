// The parts of results that several commands have in common, as JSON objects; docs/output.schema.json has
// their members. Commands add their own members to what these return.
#pragma once

#include "cli/json/json_object.hpp"
#include "keywrap/packet_recipient.hpp"
#include "oci/descriptor.hpp"
#include "transport/reference.hpp"

#include <optional>
#include <string>

namespace imgcrypt::cli {

// An image that was read or written.
[[nodiscard]] JsonObject image_result(const Reference& reference, const Descriptor& root);

// An image that was written, and the one that had its name before. No root: a dry run.
[[nodiscard]] JsonObject written_result(const Reference& target, const std::optional<Descriptor>& root,
                                        const std::optional<Digest>& replaced);

// `place` is the layer's place in the image: "layer 3 of linux/arm64".
[[nodiscard]] JsonObject layer_result(const std::string& place, const Descriptor& layer);

[[nodiscard]] JsonObject recipient_result(const PacketRecipient& recipient);

}  // namespace imgcrypt::cli
