// What containerd may send on file descriptor 3: a protobuf Any of type io.containerd.ocicrypt.v1.Payload
// whose value is JSON (docs/formats.md, "Payload"). Values, for the phase gather; it may hold private keys,
// so it is never parsed into a tree.
#pragma once

#include "base/secret_bytes.hpp"
#include "keywrap/provider/provider.hpp"
#include "oci/descriptor.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::streamproc {

inline constexpr int kPayloadFd = 3;
// Far more than a node's keys need: whoever sends it can make us hold no more than this.
inline constexpr std::size_t kMostPayloadBytes = 8 * 1024 * 1024;

struct PayloadKey {
  SecretBytes file;  // the content of a key file, of any kind
  std::optional<SecretBytes> passphrase;
};

struct Payload {
  Descriptor layer;  // whose annotations of encryption may be missing
  std::vector<PayloadKey> keys;
  ProviderParameters provider_parameters;  // those of parameters that no key scheme has reserved
  // Parameters that hold keys which are not used, as key providers of ours take them from files only:
  // "gpg-privatekeys".
  std::vector<std::string> unused_keys;
};

// Reads descriptor 3 to its end if it is a pipe, and closes it. nullopt when it is not, or what it delivers
// is not a payload of ours: a layer can be looked up without one. Throws kRefused above kMostPayloadBytes,
// kOther; kCancelled. REQUIRES: the descriptor is open, if only to /dev/null (prepare_process).
[[nodiscard]] std::optional<Payload> read_payload();

// nullopt for an Any of another type. Throws kIntegrity for what is malformed.
[[nodiscard]] std::optional<Payload> parse_payload(ByteView any);

}  // namespace imgcrypt::streamproc
