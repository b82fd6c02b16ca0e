// The recipients of an image's layers, each once and numbered in the order in which the tree names them
// first: what people and --index call them.
#pragma once

#include "layer/describe_recipients.hpp"

#include <map>
#include <string>
#include <vector>

namespace imgcrypt {

// Equal for packets of one recipient, in whichever layer they stand. One that its packet does not name is
// told from others by its place in the annotation.
[[nodiscard]] std::string identity(const LayerRecipient& recipient);

class RecipientNumbers {
 public:
  std::size_t number_of(const LayerRecipient& recipient);
  // By their numbers; each as it was met first.
  [[nodiscard]] const std::vector<LayerRecipient>& list() const noexcept { return list_; }

 private:
  std::map<std::string, std::size_t> numbers_;
  std::vector<LayerRecipient> list_;
};

}  // namespace imgcrypt
