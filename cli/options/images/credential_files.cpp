#include "cli/options/images/credential_files.hpp"

#include <unistd.h>

#include <cstdlib>

namespace imgcrypt::cli {
namespace {

using std::filesystem::path;

// Empty: not set, which an empty variable means too.
path from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? path() : path(value);
}

// Where others could put a file that we would trust, without HOME, nothing is looked for.
void add_below(const path& folder, const char* name, std::vector<AuthFilePlace>& places,
               AuthFileFormat format = AuthFileFormat::kConfig) {
  if (!folder.empty()) places.push_back({folder / name, format, IfAbsent::kPassOver});
}

path below_home(const char* name) {
  const path home = from_environment("HOME");
  return home.empty() ? path() : home / name;
}

path or_else(path first, const path& second) { return first.empty() ? second : first; }

path runtime_file() {
  const path folder = from_environment("XDG_RUNTIME_DIR");
  return folder.empty() ? path("/run/containers") / std::to_string(::geteuid()) / "auth.json"
                        : folder / "containers/auth.json";
}

}  // namespace

std::vector<AuthFilePlace> credential_files(const std::string& authfile) {
  const path named = or_else(authfile, from_environment("REGISTRY_AUTH_FILE"));
  if (!named.empty()) return {{named, AuthFileFormat::kConfig, IfAbsent::kFail}};
  std::vector<AuthFilePlace> places = {{runtime_file()}};
  add_below(or_else(from_environment("XDG_CONFIG_HOME"), below_home(".config")), "containers/auth.json",
            places);
  add_below(or_else(from_environment("DOCKER_CONFIG"), below_home(".docker")), "config.json", places);
  add_below(from_environment("HOME"), ".dockercfg", places, AuthFileFormat::kOld);
  return places;
}

path login_file(const std::string& authfile) { return credential_files(authfile).front().path; }

path system_ca_file() { return from_environment("SSL_CERT_FILE"); }

path system_ca_directory() { return from_environment("SSL_CERT_DIR"); }

std::vector<path> certificate_roots() {
  std::vector<path> roots = {"/etc/containers/certs.d", "/etc/docker/certs.d"};
  const path own = below_home(".config/containers/certs.d");
  if (!own.empty()) roots.insert(roots.begin(), own);
  return roots;
}

}  // namespace imgcrypt::cli
