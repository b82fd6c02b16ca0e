// How a signature or an SBOM that was put becomes findable from the image that it is about.
#pragma once

#include "transport/registry/registry_client.hpp"

namespace imgcrypt {

// What leads to it: a tag of its own or the referrers API, or an index that others change, too.
enum class FoundBy { kRegistry, kIndex };

// Under cosign's tag if it has one. Else by its subject: a registry with the referrers API has noticed it
// itself; for one without it, it is added to the index under the tag that takes the API's place (distribution
// specification, "Pushing Manifests with Subject"). REQUIRES: it was put by digest. Throws kOther when it has
// gone since, or others change the index all the time, kIntegrity when it names no subject, and as
// RegistryClient.
FoundBy publish_referrer(RegistryClient& client, const Referrer& referrer);

}  // namespace imgcrypt
