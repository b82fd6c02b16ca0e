// The keyprovider protocol of ocicrypt: one JSON document asks a program to wrap or unwrap a layer's private
// options, one answers (docs/formats.md, "Key providers"). Both sides of it: for the tools that start a
// provider and for the providers in keyprovider/. Documents may hold secrets and are never parsed into a
// tree.
#pragma once

#include "base/secret_bytes.hpp"
#include "keywrap/packet_limits.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

inline constexpr std::size_t kMostProviderRequestBytes = 1024 * 1024;

// What `provider:NAME` without a value stands for in the parameters.
inline constexpr const char* kProviderEnabled = "Enabled";

enum class ProviderOperation { kWrap, kUnwrap };

struct ProviderRequest {
  ProviderOperation operation = ProviderOperation::kWrap;
  std::vector<std::string> parameters;  // those of this provider alone
  SecretBytes content;                  // to wrap: the private options; to unwrap: the packet
};

// One line without its end; the very bytes that peers send, but with this provider's parameters alone.
[[nodiscard]] SecretBytes format_provider_request(const ProviderRequest& request, std::string_view provider);
// The request as the provider called `provider` sees it. Throws kIntegrity for what is no request.
[[nodiscard]] ProviderRequest parse_provider_request(ByteView document, std::string_view provider);

// Bytes as an array of numbers: the one form that every peer reads.
[[nodiscard]] SecretBytes format_provider_reply(ProviderOperation operation, ByteView result);
// An object with a member "id" in front: a provider that is kept says with it which request it answers.
// Anything else comes back as it is.
[[nodiscard]] SecretBytes with_request_id(ByteView document, std::uint64_t id);
// nullopt when there is none. Throws kIntegrity for what is no document.
[[nodiscard]] std::optional<std::uint64_t> request_id_of(ByteView document);

// What a provider that is kept for further requests says instead of ending with a message on stderr.
[[nodiscard]] SecretBytes format_provider_failure(std::string_view message);

// The packet or the private options; nullopt when the reply has none or null. Base64 and arrays of numbers
// are both taken. Throws kIntegrity for what is not exactly one reply, kProvider for a failure.
[[nodiscard]] std::optional<SecretBytes> parse_provider_reply(ProviderOperation operation, ByteView document);

}  // namespace imgcrypt
