// Private keys in OpenSSH's own form, "-----BEGIN OPENSSH PRIVATE KEY-----" (PROTOCOL.key of OpenSSH).
#pragma once

#include "keyprovider/age/recipient.hpp"

namespace imgcrypt::keyprovider::age {

inline constexpr std::string_view kOpenSshBegin = "-----BEGIN OPENSSH PRIVATE KEY-----";

// `content` begins with kOpenSshBegin; it has one key. Throws kUsage for a key that is encrypted, of a type
// that age does not take, or damaged; the message never quotes the text. Throws as SshRsaIdentity.
[[nodiscard]] std::unique_ptr<Identity> parse_openssh_key(std::string_view content);

// Of the types of SSH keys that age does not take. Throws kUsage.
[[noreturn]] void refuse_ssh_type(std::string_view type);

}  // namespace imgcrypt::keyprovider::age
