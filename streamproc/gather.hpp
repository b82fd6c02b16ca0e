// The first phase: everything that comes from outside the process, before any of it is trusted. Manifests,
// wrapped keys and ciphertext are not parsed yet, nor are files of keys read.
#pragma once

#include "node/key_directory.hpp"
#include "streamproc/candidates.hpp"
#include "streamproc/ciphertext.hpp"
#include "streamproc/options.hpp"
#include "streamproc/payload.hpp"
#include "streamproc/sandbox/sandbox.hpp"

namespace imgcrypt::streamproc {

struct Gathered {
  Digest digest;  // of the layer's ciphertext, as the payload or the blob's name says
  Ciphertext ciphertext;
  Candidates candidates;
  KeyDirectory key_directory;
  std::vector<PayloadKey> payload_keys;
  std::vector<std::string> unused_keys;  // as in Payload
  // Started by another process, a broker, where any are configured, named by the payload or have keys in the
  // directory.
  std::shared_ptr<ProviderAccess> providers;
  ProviderParameters provider_parameters;
  SandboxSettings sandbox;  // what the next phase needs
};

// Takes file descriptor 3 and reads the head of stdin. Reads all of it when there is no payload and the head
// does not tell which blob it is, or when a payload describes it, its blob is not found and nothing is
// streamed. Forks when key providers may be needed: no thread may run yet. Throws kNotFound when
// there is neither a payload that describes the layer nor a blob; as spool(); kCancelled.
[[nodiscard]] Gathered gather(const Options& options);

}  // namespace imgcrypt::streamproc
