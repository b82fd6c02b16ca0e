#include "keywrap/provider/provider_access.hpp"

namespace imgcrypt {

std::optional<SecretBytes> ProviderAccess::ask(const std::string& name, const ProviderRequest& request) {
  const std::string place = "key provider " + name;
  const SecretBytes reply = exchange(name, format_provider_request(request, name));
  std::optional<Error> reported;
  try {
    if (auto result = parse_provider_reply(request.operation, reply.expose())) return result;
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
