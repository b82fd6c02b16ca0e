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

}  // namespace

void publish_referrer(RegistryClient& client, const Referrer& referrer) {
  const Descriptor& descriptor = referrer.root.descriptor;
  const auto manifest = client.get_manifest(descriptor.digest.string());
  if (!manifest || Digest::of(as_bytes(manifest->text), descriptor.digest.algorithm()) != descriptor.digest)
    throw Error(ErrorCode::kOther, "another program removed manifest " + descriptor.digest.string(),
                "run it again");
  if (!referrer.tag.empty()) {
    (void)client.put_manifest(referrer.tag, descriptor.media_type, manifest->text);
    return;
  }
  check_json(manifest->text);
  const JsonView document(manifest->text);
  const Digest subject = Digest::parse(document.get("subject").get("digest").string());
  if (client.has_referrers_api(subject)) return;
  const std::string tag = referrers_tag(subject);
  const auto index = with_entry(client.get_manifest(tag), descriptor.digest, entry_for(referrer, document));
  if (index) (void)client.put_manifest(tag, std::string(kOciIndex), *index);
}

}  // namespace imgcrypt
