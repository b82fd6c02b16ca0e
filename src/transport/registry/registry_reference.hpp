// docker://HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]: an image in a registry, in the words of the distribution
// specification. A value; reads and asks nothing.
#pragma once

#include "oci/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

// As Docker and skopeo do, a name without a host is Docker Hub's, one without a slash is in its `library`,
// and one without tag and digest means `latest`.
struct RegistryReference {
  std::string host;                             // with the port if there is one; "docker.io" for Docker Hub
  std::string repository;                       // e.g. library/busybox
  std::string tag;                              // empty if there is only a digest
  std::optional<Digest> digest = std::nullopt;  // counts before the tag

  // `details` is what follows "docker:". Throws kUsage; the hint says what may be meant.
  static RegistryReference parse(std::string_view details);
  // Of a whole repository, as `tags` takes it: like parse, but without `latest`.
  static RegistryReference parse_repository(std::string_view details);

  // docker://HOST/REPOSITORY[:TAG][@DIGEST], which parse() accepts.
  [[nodiscard]] std::string string() const;
  // REPOSITORY[:TAG][@DIGEST], for messages that name the host anyway.
  [[nodiscard]] std::string name_on_host() const;
  // The tag or the digest: what the manifest is asked for by.
  [[nodiscard]] std::string name_in_repository() const;
};

// Distribution specification, "Pulling manifests".
[[nodiscard]] bool is_tag(std::string_view text);

// Throws kUsage if `text`, HOST and what follows, perhaps a URL, begins with USER:PASSWORD@ as URLs may. The
// error does not quote it: whatever else is wrong with the text, it holds a secret.
void refuse_credentials(std::string_view text);

}  // namespace imgcrypt
