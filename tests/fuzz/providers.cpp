// The key provider protocol, both sides, and the configuration of providers: what is written is read as the
// same.
#include "fuzz/fuzz.hpp"
#include "keywrap/provider/provider_config.hpp"
#include "keywrap/provider/provider_protocol.hpp"

#include <algorithm>

namespace imgcrypt::test {
namespace {

constexpr const char* kName = "demo";

void write_again(const ProviderRequest& request) {
  const SecretBytes document = format_provider_request(request, kName);
  const ProviderRequest again =
      must("a request that was written", [&] { return parse_provider_request(document.expose(), kName); });
  expect(again.operation == request.operation && again.parameters == request.parameters &&
             std::ranges::equal(again.content.expose(), request.content.expose()),
         "the request that was written");
  const SecretBytes numbered = with_request_id(document.expose(), 7);
  expect(request_id_of(numbered.expose()) == 7, "the number that was added");
}

void read_reply(ProviderOperation operation, ByteView document) {
  const auto result = parse_provider_reply(operation, document);
  if (!result) return;
  const SecretBytes reply = format_provider_reply(operation, result->expose());
  const auto again =
      must("a reply that was written", [&] { return parse_provider_reply(operation, reply.expose()); });
  expect(again && std::ranges::equal(again->expose(), result->expose()), "the result that was written");
}

void read_config(std::string_view text) {
  for (const ProviderEntry& entry : parse_provider_config(text, "file")) {
    expect(!entry.name.empty() && !is_reserved_provider_name(entry.name), "a provider's name");
    expect(entry.program.has_value() == entry.unusable.empty(), "a program or why there is none");
  }
}

}  // namespace

void fuzz(ByteView input) {
  (void)attempt([&] { write_again(parse_provider_request(input, kName)); });
  (void)attempt([&] { read_reply(ProviderOperation::kWrap, input); });
  (void)attempt([&] { read_reply(ProviderOperation::kUnwrap, input); });
  (void)attempt([&] { return request_id_of(input); });
  (void)attempt([&] { (void)with_request_id(input, 7); });
  (void)attempt([&] { read_config(as_text(input)); });
}

}  // namespace imgcrypt::test
