// Where a service is, as configurations of key providers and the command line write it. Pure functions.
#pragma once

#include <imgcrypt/error.hpp>

#include <string>
#include <string_view>

namespace imgcrypt::keyprovider::remote {

struct Address {
  std::string text;    // for people: "unix:/run/keys.sock", "127.0.0.1:50051"
  std::string target;  // for gRPC
  std::string socket;  // the path; empty: TCP
};

// unix:PATH, unix:///PATH, HOST:PORT, [IPV6]:PORT or http://HOST:PORT, which is how ocicrypt-rs writes it.
// Throws kUsage for anything else.
[[nodiscard]] Address parse_address(std::string_view text);

}  // namespace imgcrypt::keyprovider::remote
