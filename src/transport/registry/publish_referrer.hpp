// How a signature or an SBOM that was put becomes findable from the image that it is about.
#pragma once

#include "transport/registry/registry_client.hpp"

namespace imgcrypt {

// Under cosign's tag if it has one. Else by its subject: a registry with the referrers API has noticed it
// itself; for one without it, it is added to the index under the tag that takes the API's place (distribution
// specification, "Pushing Manifests with Subject"). REQUIRES: it was put by digest. Throws kOther when it has
// gone since, kIntegrity when it names no subject, and as RegistryClient.
void publish_referrer(RegistryClient& client, const Referrer& referrer);

}  // namespace imgcrypt
