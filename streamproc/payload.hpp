// What containerd may send on file descriptor 3: a protobuf Any of type io.containerd.ocicrypt.v1.Payload
// whose value is JSON (docs/formats.md, "Payload").
#pragma once

#include "base/secret_bytes.hpp"
#include "keywrap/provider/provider.hpp"
#include "oci/descriptor.hpp"

#include <optional>
#include <vector>

namespace imgcrypt::streamproc {

inline constexpr int kPayloadFd = 3;
inline constexpr std::size_t kMostPayloadBytes = 8 * 1024 * 1024;

struct PayloadKey {
  SecretBytes file;
  std::optional<SecretBytes> passphrase;
};

struct Payload {
  Descriptor layer;
  std::vector<PayloadKey> keys;
  ProviderParameters provider_parameters;
};

// nullopt unless the descriptor is a pipe that delivers a payload of ours.
[[nodiscard]] std::optional<Payload> read_payload();

// Throws Error for what is malformed; nullopt for an Any of another type.
[[nodiscard]] std::optional<Payload> parse_payload(ByteView any);

}  // namespace imgcrypt::streamproc
