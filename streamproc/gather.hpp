// The first phase: everything that comes from outside the process, before any of it is trusted. Manifests,
// wrapped keys and ciphertext are not parsed yet, nor are files of keys read.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "node/key_directory.hpp"
#include "streamproc/candidates.hpp"
#include "streamproc/ciphertext.hpp"
#include "streamproc/options.hpp"

namespace imgcrypt::streamproc {

struct Gathered {
  Digest digest;  // of the layer's ciphertext, as the payload or the blob's name says
  Ciphertext ciphertext;
  Candidates candidates;
  KeyDirectory key_directory;
  // The payload's keys, then the files of the directory, then the key providers: in the order of what they
  // cost, so that a program is started only when no file opens the layer.
  KeyUnwrappers keys;
};

// Takes file descriptor 3 and reads the head of stdin. Reads all of it when there is no payload and the head
// does not tell which blob it is, or when a payload describes it, its blob is not found and nothing is
// streamed. Forks when key providers are configured: no thread may run yet. Throws kNotFound when
// there is neither a payload that describes the layer nor a blob; as spool(); kCancelled.
[[nodiscard]] Gathered gather(const Options& options);

}  // namespace imgcrypt::streamproc
