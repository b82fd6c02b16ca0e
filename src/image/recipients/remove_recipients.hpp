// The use cases recipients list and remove. Neither needs a key: packets name most recipients, and removing
// edits the annotations only. Nothing authenticates what packets say.
#pragma once

#include "image/recipients/change_recipients.hpp"
#include "layer/without_recipients.hpp"

#include <set>
#include <vector>

namespace imgcrypt {

struct ListedRecipient {
  LayerRecipient recipient;  // as the first of its layers has it
  std::size_t layers = 0;    // how many it can open
};

// Keeps the documents as well, so that positions mean the same when recipients are removed later, even if the
// name of the image moves on meanwhile.
struct RecipientList {
  std::vector<ListedRecipient> recipients;
  std::size_t layers = 0;            // encrypted ones, each once however often it occurs
  ImageNode image;                   // whose recipients these are
  std::vector<std::string> without;  // the places of encrypted layers without any: nobody can open these
};

// All recipients, in the order of RecipientNumbers; at most kMostDescribed of each layer. Throws as
// load_tree. Reads the documents only. A packet that cannot be read is listed with its problem.
[[nodiscard]] RecipientList list_recipients(ImageSource& source);

// Removes the recipients at these positions of `list`, which is of the same image, from every layer. Layers
// keep blob and key, which removed recipients may have kept. A packet that is also for others is written
// again without them (docs/formats.md, "Edits"). Throws kRefused when nobody would be left to open a layer
// (without_recipients.hpp), or one has more than kMostDescribed recipients; and as carry_out(). REQUIRES: the
// positions are in `list`.
RecipientsResult remove_recipients(ImageSource& source, ImageDestination& destination,
                                   const RecipientList& list, const std::set<std::size_t>& places,
                                   const WriteOptions& options, Reporter& reporter);

}  // namespace imgcrypt
