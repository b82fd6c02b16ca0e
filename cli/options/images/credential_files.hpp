// The files with credentials that the environment and --authfile name, and the folders of certificates. The
// library looks at no environment. REQUIRES: no other thread changes the environment meanwhile.
#pragma once

#include "transport/credentials/credential_lookup.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace imgcrypt::cli {

// Where to look, in the order of containers' tools. `authfile`, or else REGISTRY_AUTH_FILE, is the only one
// if it is given. Without them: ${XDG_RUNTIME_DIR}/containers/auth.json, containers/auth.json in the user's
// configuration, Docker's config.json (DOCKER_CONFIG) and ~/.dockercfg.
[[nodiscard]] std::vector<AuthFilePlace> credential_files(const std::string& authfile);

// The first of them: where `login` stores and `logout` removes.
[[nodiscard]] std::filesystem::path login_file(const std::string& authfile);

// SSL_CERT_FILE and SSL_CERT_DIR, which take the place of the system's authorities; empty if they are not
// set.
[[nodiscard]] std::filesystem::path system_ca_file();
[[nodiscard]] std::filesystem::path system_ca_directory();

// containers-certs.d(5): each holds folders named HOST[:PORT].
[[nodiscard]] std::vector<std::filesystem::path> certificate_roots();

}  // namespace imgcrypt::cli
