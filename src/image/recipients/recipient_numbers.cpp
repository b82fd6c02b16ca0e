#include "image/recipients/recipient_numbers.hpp"

namespace imgcrypt {

std::string identity(const LayerRecipient& recipient) {
  const bool is_named = !recipient.recipient.fingerprint.empty();
  // By annotation too: one key may serve several schemes, and removing it from one leaves the other.
  return recipient.annotation + " " + recipient.recipient.text +
         (is_named ? "" : " " + std::to_string(recipient.packet) + " " + std::to_string(recipient.position));
}

std::size_t RecipientNumbers::number_of(const LayerRecipient& recipient) {
  const auto [found, is_new] = numbers_.emplace(identity(recipient), list_.size());
  if (is_new) list_.push_back(recipient);
  return found->second;
}

}  // namespace imgcrypt
