// Keys that a key provider holds, as they are given with -k: what can be known of one before the provider is
// asked. For the main thread.
#pragma once

#include "image/reporter.hpp"
#include "keywrap/provider/key_providers.hpp"
#include "keywrap/provider/provider.hpp"

namespace imgcrypt::cli {

// Throws as KeyProviders::require; kUsage for a key of a provider of ours whose file is missing or cannot be
// read, like other keys, and for one with a passphrase, which none of them has, unless the provider takes
// plain files. What is in the file, the provider says. Warns of others who can read it.
void check_provider_key(const NamedProvider& key, KeyProviders& providers, Reporter& reporter);

}  // namespace imgcrypt::cli
