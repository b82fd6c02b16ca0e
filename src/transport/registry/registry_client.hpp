// The distribution specification's requests about manifests and tags of one repository, in its own words;
// blobs flow through BlobDownload and BlobUpload. May be used by several threads at once. Every method throws
// kRegistry, kNetwork and kCancelled as RegistryConnection.
#pragma once

#include "oci/descriptor.hpp"
#include "transport/image_store.hpp"
#include "transport/registry/registry_connection.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// A manifest or index as a registry gives it.
struct RegistryManifest {
  std::string text;
  std::string media_type;  // of `Content-Type`; empty if there is none that can be one
  // `Docker-Content-Digest`; some registries leave it out.
  std::optional<Digest> digest;
  std::string etag;  // for If-Match; empty if there is none
};

// What a name in the repository leads to.
struct RegistryName {
  Digest digest;
  std::string etag;  // for If-Match; empty if there is none
};

// Whether the registry has shown, since the push began, that it has all that a manifest lists.
enum class Listed { kUnknown, kThere };

class RegistryClient {
 public:
  // As RegistryConnection's.
  RegistryClient(RegistryReference image, const RegistryOptions& options, std::set<std::string> scopes)
      : connection_(std::move(image), options, std::move(scopes)) {}

  // Of image(). Throws kNotFound, which names the repository if that is what the registry lacks; else as
  // get_manifest().
  [[nodiscard]] RegistryManifest read_manifest();
  // `name` is a tag or a digest. nullopt when the registry says that there is none; throws kRegistry above
  // 4 MiB. The text is as it came: no digest is checked.
  [[nodiscard]] std::optional<RegistryManifest> get_manifest(const std::string& name);
  // Where a tag leads now, without reading the manifest if the registry names the digest.
  [[nodiscard]] std::optional<RegistryName> find_manifest(const std::string& name);
  // Under a tag or its digest. `etag`: only if the name still leads there; empty: whatever it leads to. False
  // when it leads elsewhere (412). Put again, as often as any request, when the registry says that it lacks
  // what is there: Docker's rewrites small files in place when several push the same, and finds them empty.
  [[nodiscard]] bool put_manifest(const std::string& name, const std::string& media_type,
                                  std::string_view text, Listed listed = Listed::kUnknown,
                                  const std::string& etag = {});
  // False when there is none. Throws kRegistry when the registry does not delete manifests.
  bool delete_manifest(const Digest& digest);
  // Sorted. Throws kNotFound when there is no such repository, kRegistry for more than
  // 100 000 tags.
  [[nodiscard]] std::vector<std::string> tags();
  // What names `subject` as its subject: by the referrers API, else from the tag that takes its place. Throws
  // kRegistry for a list that cannot be read, or that the registry does not give.
  [[nodiscard]] std::vector<Referrer> referrers(const Digest& subject);

  // Whether the registry itself finds what names `subject`.
  [[nodiscard]] bool has_referrers_api(const Digest& subject);

  [[nodiscard]] RegistryConnection& connection() noexcept { return connection_; }
  [[nodiscard]] const RegistryReference& image() const noexcept { return connection_.image(); }

 private:
  [[nodiscard]] HttpRequest request(const std::string& method, const std::string& path);
  [[nodiscard]] std::unique_ptr<HttpExchange> ask_for_manifest(const std::string& name);
  [[nodiscard]] RegistryManifest manifest_in(HttpExchange& answer);
  [[nodiscard]] std::unique_ptr<HttpExchange> try_put(const std::string& name, const std::string& media_type,
                                                      std::string_view text, const std::string& etag);
  [[nodiscard]] std::vector<Referrer> referrers_by_tag(const Digest& subject, const std::string& what);
  // Of at most 4 MiB; `what` it is, for messages.
  [[nodiscard]] static std::string read_text(HttpExchange& answer, const std::string& what);
  [[nodiscard]] Error missing_repository() const;

  RegistryConnection connection_;
};

// The types of documents that we ask for: OCI's and Docker's manifests and indexes, as an Accept header has
// them.
[[nodiscard]] std::string accepted_documents();
// The tag that takes the place of the referrers API (distribution specification, "Referrers Tag Schema").
[[nodiscard]] std::string referrers_tag(const Digest& subject);
// The `Content-Type` of an answer without parameters; empty if it is too long to be a media type.
[[nodiscard]] std::string media_type_of(const HttpHead& head);

}  // namespace imgcrypt
