// What a registry says in the headers and errors of its answers, made harmless (distribution specification,
// "Error Codes"). Pure functions but for reading a body.
#pragma once

#include "transport/http/http_exchange.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

// The errors in an answer's body: codes, and the first one's message, printable and short, without the
// credentials of the request. Empty where there are none, or the body cannot be read: it is only an
// explanation.
struct RegistryProblem {
  std::string codes;  // "MANIFEST_UNKNOWN", several with a space between
  std::string message;
};
[[nodiscard]] RegistryProblem read_problem(HttpExchange& answer);

// "403 DENIED: requested access to the resource is denied". Reads the body.
[[nodiscard]] std::string status_words(HttpExchange& answer);
// What to say of a page for people, which a proxy, or a network that wants people to log in, gives instead of
// `what` was asked for.
[[nodiscard]] Error page_instead_of(const HttpExchange& answer, const std::string& what);
// Throws that for a text that is such a page.
void refuse_page(const HttpExchange& answer, std::string_view text, const std::string& what);

// `Range` of an upload, "0-1023": how many bytes the registry has. "0-0" is nothing: registries write it
// before the first byte. nullopt for anything else.
[[nodiscard]] std::optional<std::uint64_t> bytes_received(std::string_view range) noexcept;
// Whether `Content-Range`, "bytes 5-9/10", begins at `offset`.
[[nodiscard]] bool begins_at(std::string_view content_range, std::uint64_t offset) noexcept;
// The target of the link with rel="next" in a `Link` header (RFC 8288); nullopt if there is none.
[[nodiscard]] std::optional<std::string> next_link(std::string_view link);

}  // namespace imgcrypt
