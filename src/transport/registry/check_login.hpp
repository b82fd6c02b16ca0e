// Whether a registry accepts credentials, before they are stored. Used by `imgcrypt login`.
#pragma once

#include "transport/registry/registry_options.hpp"

#include <string>

namespace imgcrypt {

// Asks for /v2/ as the distribution specification has it ("Determining support"), with these credentials and
// not those of the options. Throws kRegistry if the registry refuses them, as RegistryClient otherwise. The
// password is in no message.
void check_login(const std::string& host, const Credentials& credentials, const RegistryOptions& options);

}  // namespace imgcrypt
