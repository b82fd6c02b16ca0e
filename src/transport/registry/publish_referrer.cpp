#include "transport/registry/publish_referrer.hpp"

#include "oci/manifest.hpp"
#include "oci/media_types.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

// What the specification wants of the document in its entry of the index.
std::string entry_for(const Referrer& referrer, const JsonView& document) {
  const Descriptor& descriptor = referrer.root.descriptor;
  std::string type = referrer.artifact_type;
  if (const auto own = document.find("artifactType"); type.empty() && own) type = own->string();
  if (const auto config = document.find("config"); type.empty() && config) type = parse_media_type(*config);
  std::string entry = R"({"mediaType":)" + quote_json(descriptor.media_type) + R"(,"digest":")" +
                      descriptor.digest.string() + R"(","size":)" + std::to_string(descriptor.size);
  if (!type.empty()) entry += R"(,"artifactType":)" + quote_json(type);
  if (const auto annotations = document.find("annotations"))
    entry += R"(,"annotations":)" + std::string(annotations->text());
  return entry + "}";
}

// The index with one more entry; nullopt if it has it already.
std::optional<std::string> with_entry(const std::optional<RegistryManifest>& index, const Digest& digest,
                                      const std::string& entry) {
  std::string entries;
  if (index) {
    const Index known = Index::parse(index->text);
    if (std::ranges::find(known.manifests(), digest, &Descriptor::digest) != known.manifests().end())
      return std::nullopt;
    if (const auto list = JsonView(index->text).find("manifests")) {
      for (const JsonView& listed : list->elements()) entries += std::string(listed.text()) + ",";
    }
  }
  return R"({"schemaVersion":2,"mediaType":")" + std::string(kOciIndex) + R"(","manifests":[)" + entries +
         entry + "]}";
}

// Until it is seen there: of two who change the index at once one overwrites the other, unless the registry
// knows If-Match.
void add_to_index(RegistryClient& client, const std::string& tag, const Digest& digest,
                  const std::string& entry) {
  constexpr int kMostTries = 20;
  for (int tries = 0; tries < kMostTries; ++tries) {
    const auto known = client.get_manifest(tag);
    const auto index = with_entry(known, digest, entry);
    if (!index) return;
    (void)client.put_manifest(tag, std::string(kOciIndex), *index, Listed::kUnknown,
                              known ? known->etag : std::string());
  }
  throw Error(ErrorCode::kOther,
              "other programs go on changing the tag " + tag + " of " + client.image().repository +
                  ", which lists referrers",
              "run it again");
}

}  // namespace

FoundBy publish_referrer(RegistryClient& client, const Referrer& referrer) {
  const Descriptor& descriptor = referrer.root.descriptor;
  const auto manifest = client.get_manifest(descriptor.digest.string());
  if (!manifest || Digest::of(as_bytes(manifest->text), descriptor.digest.algorithm()) != descriptor.digest)
    throw Error(ErrorCode::kOther, "another program removed manifest " + descriptor.digest.string(),
                "run it again");
  if (!referrer.tag.empty()) {
    (void)client.put_manifest(referrer.tag, descriptor.media_type, manifest->text);
    return FoundBy::kRegistry;
  }
  check_json(manifest->text);
  const JsonView document(manifest->text);
  const Digest subject = Digest::parse(document.get("subject").get("digest").string());
  if (client.has_referrers_api(subject)) return FoundBy::kRegistry;
  add_to_index(client, referrers_tag(subject), descriptor.digest, entry_for(referrer, document));
  return FoundBy::kIndex;
}

}  // namespace imgcrypt
