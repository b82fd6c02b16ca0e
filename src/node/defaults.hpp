// Where a node keeps what decryption needs, unless told otherwise. The decoder and the commands that look
// after a node share these paths, so that each is written down once. Any of them may be missing on a given
// node.
#pragma once

#include <string_view>

namespace imgcrypt {

// Private keys, as containerd's default configuration passes it with --decryption-keys-path.
inline constexpr const char* kDefaultKeyDirectory = "/etc/containerd/ocicrypt/keys";
// What containerd's default configuration passes in OCICRYPT_KEYPROVIDER_CONFIG.
inline constexpr const char* kDefaultProviderConfig = "/etc/containerd/ocicrypt/ocicrypt_keyprovider.conf";
// containerd's content store: the directory that holds blobs/.
inline constexpr const char* kDefaultContentRoot = "/var/lib/containerd/io.containerd.content.v1.content";

// The name of that directory, which is the same wherever containerd's root is.
inline constexpr std::string_view kContentStoreName =
    std::string_view(kDefaultContentRoot).substr(std::string_view(kDefaultContentRoot).rfind('/') + 1);

}  // namespace imgcrypt
