#include "transport/credentials/credential_lookup.hpp"

#include "base/exposure.hpp"
#include "transport/credentials/credential_helper.hpp"

namespace imgcrypt {
namespace {

std::optional<AuthFile> open_place(const AuthFilePlace& place, const std::string& host) {
  try {
    return AuthFile::read(place.path, place.format);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound) throw;
    if (place.if_absent == IfAbsent::kPassOver) return std::nullopt;
    throw Error(ErrorCode::kUsage, error.message(),
                "imgcrypt login " + host + " --authfile " + place.path.string() + " makes it");
  }
}

std::optional<Credentials> ask_helper(const std::optional<HelperEntry>& entry, const ProgramLimits& limits) {
  if (!entry) return std::nullopt;
  const CredentialHelper helper(entry->name, limits);
  for (const std::string& server : entry->servers) {
    if (auto credentials = helper.get(server)) return credentials;
  }
  return std::nullopt;
}

std::optional<Credentials> find_in(const AuthFile& file, const CredentialPlaces& places,
                                   const RegistryKey& key) {
  if (auto credentials = ask_helper(file.helper_of(key.host), places.helper_limits)) return credentials;
  if (auto credentials = file.find(key)) {
    const std::string exposure = describe_exposure(file.path().string());
    if (places.warn && !exposure.empty())
      places.warn("credentials in " + file.path().string() + ": " + exposure);
    return credentials;
  }
  return ask_helper(file.default_helper(key.host), places.helper_limits);
}

}  // namespace

std::optional<Credentials> find_credentials(const CredentialPlaces& places, const RegistryKey& key) {
  for (const AuthFilePlace& place : places.files) {
    const auto file = open_place(place, key.host);
    if (!file) continue;
    if (auto credentials = find_in(*file, places, key)) return credentials;
  }
  return std::nullopt;
}

}  // namespace imgcrypt
