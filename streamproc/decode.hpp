// One layer from ciphertext on stdin to plaintext on stdout.
#pragma once

#include "streamproc/payload.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace imgcrypt::streamproc {

// Whether the layer is decompressed, too. kAuto: for a parent that has its blob open in a content store, as
// containerd does, which takes plain tar for the compressed one it expects, and decompresses slower.
enum class Inflate { kAuto, kAlways, kNever };

struct Options {
  std::string keys = "/etc/containerd/ocicrypt/keys";
  std::string content_root = "/var/lib/containerd/io.containerd.content.v1.content";
  std::string spool = "/var/tmp";
  std::string provider_config;  // as ProviderSettings::config
  std::chrono::seconds provider_timeout = kProviderTimeout;
  Inflate inflate = Inflate::kAuto;
  bool is_streaming = false;  // decrypt as it flows; only the tail waits for the HMAC. Never inflates
};

// Unless streaming, not a byte is written before the whole layer is authenticated. Throws Error.
void decode_layer(const Options& options, std::optional<Payload> payload);

}  // namespace imgcrypt::streamproc
