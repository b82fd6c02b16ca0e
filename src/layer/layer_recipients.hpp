// Who a layer's key is wrapped for, as far as its annotations tell that without a key. Used by what lists or
// removes recipients, and by messages.
#pragma once

#include "keywrap/described_recipient.hpp"
#include "oci/descriptor.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

struct LayerRecipient {
  DescribedRecipient recipient;
  std::string annotation;    // that its packet stands in
  std::size_t packet = 0;    // among the packets of the annotation
  std::size_t position = 0;  // among the recipients of the packet
};

struct LayerRecipients {
  std::vector<LayerRecipient> list;  // by annotation, packet, position
  std::size_t omitted = 0;           // further ones
};

inline constexpr std::size_t kMostDescribed = 256;

// At most `most` of them. One for all packets of a key provider, or of a scheme that is not known; one for a
// packet that cannot be read, whose `problem` says why.
[[nodiscard]] LayerRecipients describe_recipients(const Annotations& annotations,
                                                  std::size_t most = kMostDescribed);

}  // namespace imgcrypt
