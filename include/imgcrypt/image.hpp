// For programs that are built with this project (add_subdirectory, and the library imgcrypt_image): encrypts,
// decrypts and inspects images as the command line does. References, recipients, layers and platforms are
// written as there (README). tests/example shows how.
//
// Not offered here: check, copying, referrers, changing recipients, certificates that narrow a PKCS7 search
// (--dec-recipient), legacy CMS, key providers from the environment, parameters of key providers for
// decrypting, dry runs, writing in place, --prune,
// --skip-base, --partial, --diff-ids, progress, and cancelling: a call ends when its work is done.
//
// Functions block, may be called from several threads at once, and throw Error and nothing else. Unless the
// last fsync fails (kOther), the destination then shows the images it showed before; directories that were
// made for it are removed, except that one with a file `oci-layout` may remain.
//
// REQUIRES: the program ignores SIGPIPE if key providers are used, and may open as many files as the image
// has blobs (RLIMIT_NOFILE).
#pragma once

#include <imgcrypt/error.hpp>

#include <string>
#include <vector>

namespace imgcrypt {

// What is now at the destination. Notes and warnings are English sentences for people, in the order in which
// they were found.
struct WrittenImage {
  std::string digest;                 // of its root document: "sha256:..."
  std::vector<std::string> notes;     // what a user should know, though all is well
  std::vector<std::string> warnings;  // what a user should act on, though nothing failed
};

// Source, destination and at least one recipient must be given. The destination may be in the same layout as
// the source, and is created if it is missing; an image that already has its name is replaced.
struct EncryptRequest {
  std::string source;                   // "oci:DIR[:TAG|:@N|@DIGEST]"
  std::string destination;              // "oci:DIR[:TAG]"
  std::vector<std::string> recipients;  // "jwe:PUBLICKEY", "pkcs7:CERTIFICATE", "provider:NAME[:PARAMETER]"
  std::vector<std::string> layers;      // "N" or "A..B", from 0, the top one being -1; none: all
  std::vector<std::string> platforms;   // "linux/arm64"; none: all
  std::string provider_config;          // file; empty: the providers that come with imgcrypt
  unsigned jobs = 0;                    // layers at the same time; 0: one for each core
};

// Encrypts the selected layers; those that are already encrypted keep their recipients. Each layer gets a new
// random key. Throws kUsage for what cannot be parsed, a recipient that cannot be used and a layer that the
// image does not have; kNotFound when the image, a blob or a platform is missing; kIntegrity when something
// is damaged; kRefused when there is nothing to encrypt; kProvider when a key provider failed.
[[nodiscard]] WrittenImage encrypt(const EncryptRequest& request);

// A private key: PEM, DER or JWK (docs/formats.md, "Key files").
struct KeyFile {
  std::string path;
  std::string
      passphrase_file;  // which holds the passphrase, and perhaps a newline; empty: the key is not encrypted
};

// Members mean what they mean in EncryptRequest. Keys are tried in their order, and key providers after them,
// so that none is started when a key opens the layer.
struct DecryptRequest {
  std::string source;
  std::string destination;
  std::vector<KeyFile> keys;    // may be empty, if key providers hold the keys
  std::string provider_config;  // the environment is never read
  std::vector<std::string> layers;
  std::vector<std::string> platforms;
  unsigned jobs = 0;
};

// Decrypts the selected layers. Throws kNoKey when no key opens one of them, kIntegrity when one is damaged,
// forged or belongs to another image (by the diff_ids of its config), kProvider when only a key provider that
// failed could have opened it, kRefused when none of the selected layers is encrypted, and as encrypt().
[[nodiscard]] WrittenImage decrypt(const DecryptRequest& request);

struct InspectedLayer {
  std::string platform;  // empty where the image does not name one
  std::string media_type;
  std::string digest;
  bool is_encrypted = false;
  // "jwe RSA-OAEP key ab12...", at most 256 of them. From the image: of any length, not fit for a terminal.
  std::vector<std::string> recipients;
};

// The layers of every manifest, bottom layer first, manifests in the order of their index; attestations are
// included. Needs no key and reads no layer: only the documents are checked. Throws kUsage, kNotFound,
// kIntegrity, kRefused.
[[nodiscard]] std::vector<InspectedLayer> inspect(const std::string& source);

}  // namespace imgcrypt
