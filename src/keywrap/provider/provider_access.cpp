#include "keywrap/provider/provider_access.hpp"

namespace imgcrypt {

std::optional<SecretBytes> ProviderAccess::ask(const std::string& name, const ProviderRequest& request) {
  return ask(name, format_provider_request(request, name),
             [&](ByteView reply) { return parse_provider_reply(request.operation, reply); });
}

std::optional<SecretBytes> ProviderAccess::ask(
    const std::string& name, const SecretBytes& document,
    const std::function<std::optional<SecretBytes>(ByteView)>& parse) {
  const std::string place = "key provider " + name;
  const SecretBytes reply = exchange(name, document);
  std::optional<Error> reported;
  try {
    if (auto result = parse(reply.expose())) return result;
    reported = failure_in_reply(reply.expose());
  } catch (const Error& error) {
    const std::string shown = harmless_beginning(as_text(reply.expose()));
    const Error placed = error.in(place + ": " + program_of(name) + ": its reply" +
                                  (shown.empty() ? "" : " \"" + shown + "\""));
    throw Error(ErrorCode::kProvider, placed.message(), placed.hint());
  }
  if (reported) throw reported->in(place);
  return std::nullopt;
}

}  // namespace imgcrypt
