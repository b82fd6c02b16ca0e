// What is left of packets when recipients are removed. No key is needed, and packets of others are not
// touched.
#pragma once

#include "layer/layer_recipients.hpp"
#include "oci/edit.hpp"

#include <functional>
#include <optional>

namespace imgcrypt {

using RecipientTest = std::function<bool(const LayerRecipient&)>;

// The edit that takes out the recipients that `goes` picks; nullopt when it picks none. Throws kRefused when
// nobody would be left, and beyond kMostDescribed.
[[nodiscard]] std::optional<AnnotationEdit> remove_recipients(const Annotations& annotations,
                                                              const RecipientTest& goes);

}  // namespace imgcrypt
