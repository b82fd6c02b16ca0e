// What the decoder is told on its command line. A value, made by main. Directories are not looked at here:
// one that is missing is an error only when a layer needs it. containerd starts the decoder with its default
// configuration, so the defaults must do on an ordinary node.
#pragma once

#include "keywrap/provider/key_providers.hpp"
#include "node/defaults.hpp"
#include "streamproc/sandbox/sandbox.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace imgcrypt::streamproc {

// Whether a layer of a compressed type is decompressed before it is written. kAuto: if the parent process has
// its blob open in a content store, as containerd does: it takes plain tar for the compressed one that it
// expects, and is slower at decompressing.
enum class Inflate { kAuto, kAlways, kNever };

struct Options {
  std::string keys = kDefaultKeyDirectory;  // directory
  // Directories; one that does not exist is an empty store.
  std::vector<std::string> content_roots{kDefaultContentRoots.begin(), kDefaultContentRoots.end()};
  std::string spool = "/var/tmp";  // directory for a layer whose blob is not found
  // Empty: none is named in the environment, which main reads.
  std::string provider_config;                               // as ProviderSettings::config
  std::chrono::seconds provider_timeout = kProviderTimeout;  // for one answer
  Inflate inflate = Inflate::kAuto;
  // Main's choice is kAuto. Off for whoever has a life after decode_layer, as it binds the whole process.
  SandboxMode sandbox = SandboxMode::kOff;
  bool is_verbose = false;  // for main
  // Gives up that nothing is written before it is verified, for lower latency (SECURITY.md).
  bool is_streaming = false;  // decrypt while reading: only the tail waits for the HMAC. Never inflates
};

}  // namespace imgcrypt::streamproc
