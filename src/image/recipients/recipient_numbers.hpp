// The recipients of an image's layers, each once, numbered from 0 in the order in which the tree names them
// first. `inspect`, `recipients list` and --index number them in this way. Belongs to one thread.
#pragma once

#include "layer/describe_recipients.hpp"

#include <map>
#include <string>
#include <vector>

namespace imgcrypt {

// Equal for all packets of one recipient, in whichever layer. Recipients that their packets do not name are
// told apart by their place in the annotation, so that number 2 of each layer counts as one: builders write
// the same order in all.
[[nodiscard]] std::string identity(const LayerRecipient& recipient);

// Numbers depend on the order of the calls only: walk the tree in the same way to get the same numbers.
class RecipientNumbers {
 public:
  // Its number; a new one if it has not been met before.
  std::size_t number_of(const LayerRecipient& recipient);
  // By number; each as it was met first. Valid until the next number_of().
  [[nodiscard]] const std::vector<LayerRecipient>& list() const noexcept { return list_; }

 private:
  std::map<std::string, std::size_t> numbers_;
  std::vector<LayerRecipient> list_;
};

}  // namespace imgcrypt
