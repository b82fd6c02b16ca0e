// Who can open a layer, as far as its annotations tell without a key. Used by what lists or removes
// recipients, and by messages. Pure functions over values.
#pragma once

#include "keywrap/packet_recipient.hpp"
#include "oci/descriptor.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

// One recipient and where its packet is. Texts are as the image has them, and nothing authenticates them.
struct LayerRecipient {
  PacketRecipient recipient;
  std::string annotation;    // that its packet belongs to
  std::size_t packet = 0;    // position among the packets of the annotation
  std::size_t position = 0;  // among the recipients of the packet
};

// What describe_recipients() gives. Positions in the list are stable for the same annotations.
struct LayerRecipients {
  std::vector<LayerRecipient> list;  // by annotation, packet, position
  std::size_t omitted = 0;           // further ones
};

// Images come from outside and may name any number of recipients: this many of a layer are shown and
// numbered.
inline constexpr std::size_t kMostDescribed = 256;

// At most `most` of them. The packets of a key provider, or of an unknown scheme, have one recipient
// together. A packet that cannot be read has one whose `problem` says why. Never throws Error.
[[nodiscard]] LayerRecipients describe_recipients(const Annotations& annotations,
                                                  std::size_t most = kMostDescribed);

}  // namespace imgcrypt
