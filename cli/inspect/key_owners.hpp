// Whose the OpenPGP keys are that packets are for, by the user's own keyring.
#pragma once

#include "keywrap/packet_recipient.hpp"

#include <vector>

namespace imgcrypt::cli {

// Adds to each `pgp` recipient whose key the keyring knows its user id, also to its text. keyprovider-pgp is
// started if there is such a recipient at all. What it cannot do leaves the recipients as they are. Throws
// kCancelled.
void name_key_owners(const std::vector<PacketRecipient*>& recipients);

}  // namespace imgcrypt::cli
