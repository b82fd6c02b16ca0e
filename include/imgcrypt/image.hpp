// For programs that are built with this project (add_subdirectory, and the library imgcrypt_image): images
// encrypted, decrypted and inspected as by the command line, of which nothing but the environment's key
// provider configuration is missing. References, recipients, layers and platforms are written as there
// (README). Functions block, may be called from several threads, and throw Error; nothing is visible at the
// destination then. tests/example shows how. REQUIRES: the program ignores SIGPIPE if key providers are used,
// and may open as many files as the image has layers (RLIMIT_NOFILE).
#pragma once

#include <imgcrypt/error.hpp>

#include <string>
#include <vector>

namespace imgcrypt {

struct WrittenImage {
  std::string digest;              // of its root document: "sha256:..."
  std::vector<std::string> notes;  // what a user should know, though all is well
  std::vector<std::string> warnings;
};

struct EncryptRequest {
  std::string source;                   // "oci:DIR[:TAG|:@N|@DIGEST]"
  std::string destination;              // "oci:DIR[:TAG]"
  std::vector<std::string> recipients;  // "jwe:PUBLICKEY", "pkcs7:CERTIFICATE", "provider:NAME[:PARAMETER]"
  std::vector<std::string> layers;      // "N" or "A..B", from 0, the top one being -1; none: all
  std::vector<std::string> platforms;   // "linux/arm64"; none: all
  std::string provider_config;          // file; empty: the providers that come with imgcrypt
  unsigned jobs = 0;                    // layers side by side; 0: one for each core
};

// Throws kUsage for what cannot be parsed, kRefused when there is nothing to encrypt.
[[nodiscard]] WrittenImage encrypt(const EncryptRequest& request);

struct KeyFile {
  std::string path;
  std::string passphrase_file;  // empty: the key is not encrypted
};

struct DecryptRequest {
  std::string source;
  std::string destination;
  std::vector<KeyFile> keys;
  std::string provider_config;  // as above; the environment is not looked at
  std::vector<std::string> layers;
  std::vector<std::string> platforms;
  unsigned jobs = 0;
};

// Throws kNoKey when a layer cannot be opened, kIntegrity when one is damaged, forged or another image's.
[[nodiscard]] WrittenImage decrypt(const DecryptRequest& request);

struct InspectedLayer {
  std::string platform;  // empty where the image does not name one
  std::string media_type;
  std::string digest;
  bool is_encrypted = false;
  // "jwe RSA-OAEP key ab12...". From outside: of any length, not fit for a terminal.
  std::vector<std::string> recipients;
};

// The layers of every manifest, in order. No key is needed, and no layer is read.
[[nodiscard]] std::vector<InspectedLayer> inspect(const std::string& source);

}  // namespace imgcrypt
