// The keyprovider protocol of ocicrypt: one JSON document asks a program to wrap or unwrap a layer's private
// options, and one answers (docs/formats.md, "Key providers"). This is both sides of it, for the tools that
// start a provider and for the providers in keyprovider/. Documents may hold secrets, so they are never
// parsed into a tree. Pure functions, safe for use by several threads.
#pragma once

#include "base/secret_bytes.hpp"
#include "keywrap/packet_limits.hpp"

#include <imgcrypt/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// That a provider of ours reads: a packet of the largest size in base64 takes a twelfth of it.
inline constexpr std::size_t kMostProviderRequestBytes = 1024 * 1024;

// The parameter that `provider:NAME` without a parameter means.
inline constexpr const char* kProviderEnabled = "Enabled";

// "keywrap" and "keyunwrap" in the documents.
enum class ProviderOperation { kWrap, kUnwrap };

struct ProviderRequest {
  ProviderOperation operation = ProviderOperation::kWrap;
  std::vector<std::string> parameters;  // of this provider only
  SecretBytes content;                  // to wrap: the private options; to unwrap: the packet
  // Of the files that parameters name, each in its parameter's place; nullopt: it has none. May be shorter.
  std::vector<std::optional<SecretBytes>> passphrases = {};
};

// One line without its end. The very bytes that peers send, except that only this provider's parameters are
// in it.
[[nodiscard]] SecretBytes format_provider_request(const ProviderRequest& request, std::string_view provider);
// The request as the provider called `provider` sees it. Throws kIntegrity for what is not a request.
[[nodiscard]] ProviderRequest parse_provider_request(ByteView document, std::string_view provider);

// The result's bytes are an array of numbers: the one form that every peer reads.
[[nodiscard]] SecretBytes format_provider_reply(ProviderOperation operation, ByteView result);
// The object with a first member "id", by which a provider that is kept says which request it answers.
// Anything but an object comes back as it is.
[[nodiscard]] SecretBytes with_request_id(ByteView document, std::uint64_t id);
// nullopt when there is none. Throws kIntegrity for what is not a document.
[[nodiscard]] std::optional<std::uint64_t> request_id_of(ByteView document);

// How a provider that is kept reports a failure; one that serves a single request ends with a message on
// stderr. Of the code only what the image or the key is to blame for is told.
[[nodiscard]] SecretBytes format_provider_failure(const Error& failure);

// The packet or the private options, in base64 or as an array of numbers; nullopt when the reply has none or
// null. Throws kIntegrity for what is not exactly one reply.
[[nodiscard]] std::optional<SecretBytes> parse_provider_reply(ProviderOperation operation, ByteView document);
// The failure that a reply without a result reports, with its hint: kNoKey, kUsage or kIntegrity if it says
// so, otherwise kProvider; nullopt if it reports none. Throws as parse_provider_reply.
[[nodiscard]] std::optional<Error> failure_in_reply(ByteView document);
// How a reply that is not one begins, to show it: some words of ASCII. Empty for what may hold a key, which
// JSON and long words may.
[[nodiscard]] std::string harmless_beginning(std::string_view reply);

}  // namespace imgcrypt
