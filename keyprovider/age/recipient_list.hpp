// The public keys that a user names: a key itself, or a file with keys, one a line. Read the files at each
// call.
#pragma once

#include "keyprovider/age/recipient.hpp"

namespace imgcrypt::keyprovider::age {

// One line of a file of recipients. Throws kUsage for what is not a public key of a kind that we know, with
// what it is instead.
[[nodiscard]] std::unique_ptr<Recipient> parse_recipient(std::string_view text);

// Empty lines and those that begin with # do not count. Throws as parse_recipient, with the line; kUsage if
// there is none.
[[nodiscard]] Recipients parse_recipients(std::string_view text);

// What begins as a key is not a file. Throws as the others, naming the file, and kUsage if it cannot be read.
[[nodiscard]] Recipients read_recipients(const std::string& file_or_text);

// Adds those that are not there yet.
void add_new(Recipients&& more, Recipients& recipients);

}  // namespace imgcrypt::keyprovider::age
