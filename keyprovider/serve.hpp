// What our key providers have in common: they read requests from stdin and answer on stdout. README.md here
// says how to write one.
#pragma once

#include "keywrap/provider/provider_protocol.hpp"

#include <imgcrypt/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt::keyprovider {

// The largest packet that imgcrypt takes for one layer.
inline constexpr std::size_t kMostPacketBytes = 64 * 1024;

class KeyProvider {
 public:
  virtual ~KeyProvider() = default;
  // The packet for a layer's annotation. `parameters` are what the user wrote behind provider:NAME.
  [[nodiscard]] virtual Bytes wrap(const std::vector<std::string>& parameters,
                                   const SecretBytes& options) = 0;
  // Throws Error when the packet is for another key, or none at all.
  [[nodiscard]] virtual SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) = 0;
};

// Of the process: no core file, no tracing, no SIGPIPE. Comes first in main.
void harden();

// One document until the end of stdin, as the protocol says. Throws Error, with nothing written.
void serve_one(KeyProvider& provider, const std::string& name);

// One document a line until the end of stdin; a request that fails is answered with its message.
void serve_lines(KeyProvider& provider, const std::string& name);

// "PROGRAM: error: message; hint" and the like: one line on stderr.
void say(std::string_view program, std::string_view kind, const std::string& text);
// The error as one line of plain characters: "message; hint".
[[nodiscard]] std::string describe(const Error& error);

}  // namespace imgcrypt::keyprovider
