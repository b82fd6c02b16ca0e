// Where a node keeps what decryption needs, unless told otherwise. The decoder and the commands that look
// after a node share these paths, so that each is written down once. Any of them may be missing on a given
// node.
#pragma once

#include <array>
#include <string_view>

namespace imgcrypt {

// containerd's own configuration file, if its command line names no other.
inline constexpr const char* kDefaultConfigFile = "/etc/containerd/config.toml";
// Where it listens, if nothing says otherwise.
inline constexpr const char* kDefaultAddress = "/run/containerd/containerd.sock";
// Where k3s and RKE2 keep what is theirs.
inline constexpr const char* kK3sDataDirectory = "/var/lib/rancher/k3s";
inline constexpr const char* kRke2DataDirectory = "/var/lib/rancher/rke2";
// Private keys, as containerd's default configuration passes it with --decryption-keys-path.
inline constexpr const char* kDefaultKeyDirectory = "/etc/containerd/ocicrypt/keys";
// What containerd's default configuration passes in OCICRYPT_KEYPROVIDER_CONFIG.
inline constexpr const char* kDefaultProviderConfig = "/etc/containerd/ocicrypt/ocicrypt_keyprovider.conf";
// containerd's content store: the directory that holds blobs/.
inline constexpr const char* kDefaultContentRoot = "/var/lib/containerd/io.containerd.content.v1.content";

// The sentence that the decoder's --help begins with, by which its file is known.
inline constexpr const char* kDecoderAbout = "Decrypts one image layer from stdin to stdout, for containerd.";

// The name of that directory, which is the same wherever containerd's root is.
inline constexpr std::string_view kContentStoreName =
    std::string_view(kDefaultContentRoot).substr(std::string_view(kDefaultContentRoot).rfind('/') + 1);

// The content stores of the usual containerds: its own, and those that Docker, k3s and RKE2 start.
inline constexpr std::array kDefaultContentRoots = {
    kDefaultContentRoot,
    "/var/lib/docker/containerd/daemon/io.containerd.content.v1.content",
    "/var/lib/rancher/k3s/agent/containerd/io.containerd.content.v1.content",
    "/var/lib/rancher/rke2/agent/containerd/io.containerd.content.v1.content",
};

}  // namespace imgcrypt
