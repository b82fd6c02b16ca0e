// Packets that go when recipients are removed. No key is needed, and no other packet is touched.
#pragma once

#include "layer/layer_recipients.hpp"
#include "oci/edit.hpp"

#include <functional>
#include <optional>

namespace imgcrypt {

using RecipientTest = std::function<bool(const LayerRecipient&)>;

// The edit that takes out the packets of the recipients that `goes` picks; nullopt when it picks none. Throws
// kRefused when a packet is for others as well, when nobody would be left, and beyond kMostDescribed.
[[nodiscard]] std::optional<AnnotationEdit> remove_recipients(const Annotations& annotations,
                                                              const RecipientTest& goes);

}  // namespace imgcrypt
