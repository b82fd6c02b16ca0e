// What our key providers have in common: they read requests from stdin and answer on stdout. README.md here
// says how to write one. A program has one provider and one thread.
#pragma once

#include "keywrap/provider/provider_protocol.hpp"

#include <imgcrypt/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt::keyprovider {

// How keys are wrapped is all that a provider decides; the protocol is served around it. Called by one
// thread, for one request after the other.
class KeyProvider {
 public:
  virtual ~KeyProvider() = default;
  // `parameters` are what the user wrote after provider:NAME:, one for each time; `options` is what to keep
  // secret. Returns the packet for a layer's annotation, at most kMostPacketBytes. Throws Error, in words for
  // that user.
  [[nodiscard]] virtual Bytes wrap(const std::vector<std::string>& parameters,
                                   const SecretBytes& options) = 0;
  // The options that wrap made the packet of. Throws Error when the packet is for another key or is not a
  // packet at all; the packet comes from whoever made the image.
  [[nodiscard]] virtual SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) = 0;
  // The same for a provider whose keys have passphrases, which come with the request.
  [[nodiscard]] virtual SecretBytes unwrap_with_passphrases(const ProviderRequest& request) {
    return unwrap(request.parameters, request.content.expose());
  }
  // The reply to a request to use a private key in a device (is_device_request). Throws Error, in words for
  // the user. Here: kUsage, as a provider without a device has none; DeviceProvider has keys.
  [[nodiscard]] virtual SecretBytes use_key(ByteView document);
};

// Answers one document, of at most kMostProviderRequestBytes, which ends with stdin. `name` says whose
// parameters are read. Throws Error, with nothing written, for a request that fails.
void serve_one(KeyProvider& provider, const std::string& name);

// Answers one document a line until stdin ends. Each answer repeats the request's id, if it has one. A
// request that fails is answered with its message; only a cancel, and what stdin and stdout do, throws.
void serve_lines(KeyProvider& provider, const std::string& name);

// Writes "PROGRAM: KIND: text" as one printable line to stderr, which imgcrypt and other callers show to
// their user. Throws kOther.
void say(std::string_view program, std::string_view kind, const std::string& text);
// The error as one printable line, "message; hint", of at most 16 KiB.
[[nodiscard]] std::string describe(const Error& error);

}  // namespace imgcrypt::keyprovider
