// Takes recipients out of a layer's packets. No key is needed, and the packets of others keep their bytes. A
// pure function over values.
#pragma once

#include "layer/describe_recipients.hpp"
#include "oci/edit.hpp"

#include <functional>
#include <optional>

namespace imgcrypt {

// Whether a recipient is to go. Called several times for each, so it must always answer the same.
using RecipientTest = std::function<bool(const LayerRecipient&)>;

// The edit that takes out the recipients that `goes` picks; nullopt when it picks none. Throws kRefused when
// nobody would be left to open the layer, packets that cannot be read not counting, and when it has more than
// kMostDescribed; kIntegrity or kRefused for a packet that cannot be divided. A key provider's packets go
// together, as nobody but the provider can tell whom each is for.
[[nodiscard]] std::optional<AnnotationEdit> without_recipients(const Annotations& annotations,
                                                               const RecipientTest& goes);

}  // namespace imgcrypt
