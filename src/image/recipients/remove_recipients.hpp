// The recipients of an image as its packets name them, and their removal.
#pragma once

#include "image/recipients/change_recipients.hpp"
#include "layer/without_recipients.hpp"

#include <set>
#include <vector>

namespace imgcrypt {

struct ListedRecipient {
  LayerRecipient recipient;  // as it stands in the first of its layers
  std::size_t layers = 0;    // blobs that it opens
};

struct RecipientList {
  std::vector<ListedRecipient> recipients;
  std::size_t layers = 0;  // encrypted blobs
};

// In the order of RecipientNumbers.
[[nodiscard]] RecipientList list_recipients(ImageSource& source);

// Takes out the recipients at these places of the list. No key is needed. Throws kRefused when a packet is
// for others as well, and when nobody would be left to open a layer.
RecipientsResult remove_recipients(ImageSource& source, ImageDestination& destination,
                                   const RecipientList& list, const std::set<std::size_t>& places,
                                   const RecipientsOptions& options, Reporter& reporter);

}  // namespace imgcrypt
