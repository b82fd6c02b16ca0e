#include "keyprovider/grpc/address.hpp"

#include <sys/un.h>

#include <charconv>

namespace imgcrypt::keyprovider::remote {
namespace {

[[noreturn]] void fail(std::string_view text, const std::string& what,
                       const std::string& hint = "write unix:/PATH or HOST:PORT") {
  throw Error(ErrorCode::kUsage, "the address " + std::string(text) + ": " + what, hint);
}

Address socket_at(std::string_view text, std::string_view path) {
  if (path.starts_with("//")) {
    path.remove_prefix(2);
    if (!path.starts_with('/')) fail(text, "after unix:// a path must begin with /");
  }
  // Otherwise "unix:" and the path would read as unix:// and another path.
  while (path.starts_with("//")) path.remove_prefix(1);
  if (path.empty()) fail(text, "it has no path");
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    fail(text,
         "paths of sockets have at most " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes",
         "use a shorter path");
  const std::string target = "unix:" + std::string(path);
  return {target, target, std::string(path)};
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Address parse_address(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  constexpr std::string_view kPlain = "http://";
  if (text.starts_with(kUnix)) return socket_at(text, text.substr(kUnix.size()));
  if (text.starts_with("https://"))
    fail(text, "TLS is not part of an address", "write HOST:PORT and \"grpc-tls\"");
  std::string_view rest = text.starts_with(kPlain) ? text.substr(kPlain.size()) : text;
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || !is_port(rest.substr(colon + 1)))
    fail(text, "it has no host or no port");
  const std::string_view host = rest.substr(0, colon);
  if (host.find_first_of("/%?#@ ") != std::string_view::npos) fail(text, "it is not a host and a port");
  if (host.find(':') != std::string_view::npos && !(host.starts_with('[') && host.ends_with(']')))
    fail(text, "a host with colons must be in brackets");
  return {std::string(rest), "dns:///" + std::string(rest), {}};
}

}  // namespace imgcrypt::keyprovider::remote
