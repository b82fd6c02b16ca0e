#include "transport/registry/delete_image.hpp"

#include "oci/manifest.hpp"
#include "oci/media_types.hpp"

#include <imgcrypt/error.hpp>

#include <set>

namespace imgcrypt {
namespace {

// However deep a registry's indexes are, they do not keep us for ever.
constexpr std::size_t kMostDocuments = 10'000;
constexpr const char* kOwnTools = "delete the former image with the registry's own tools";

// A document, and what it lists if it is an index, and so on.
class Documents {
 public:
  explicit Documents(RegistryClient& client) : client_(client) {}

  // By tag or digest. A name that leads nowhere has none.
  std::set<Digest> of(const std::string& name) {
    std::set<Digest> found;
    add(name, found);
    return found;
  }

 private:
  void add(const std::string& name, std::set<Digest>& found) {
    if (++read_ > kMostDocuments)
      throw Error(ErrorCode::kRefused,
                  place() + " has more than " + std::to_string(kMostDocuments) + " documents", kOwnTools);
    const auto manifest = client_.get_manifest(name);
    if (!manifest) return;
    const Digest digest = Digest::of(
        as_bytes(manifest->text), manifest->digest ? manifest->digest->algorithm() : HashAlgorithm::kSha256);
    if (!found.insert(digest).second || !is_index(manifest->media_type)) return;
    const Index index = Index::parse(manifest->text);
    for (const Descriptor& child : index.manifests()) {
      // Most are manifests, which list no further ones.
      if (is_index(child.media_type)) add(child.digest.string(), found);
      found.insert(child.digest);
    }
  }

  [[nodiscard]] std::string place() const { return client_.image().host + "/" + client_.image().repository; }

  RegistryClient& client_;
  std::size_t read_ = 0;
};

}  // namespace

std::vector<std::string> delete_image(RegistryClient& client, const Digest& root) {
  const std::vector<std::string> tags = client.tags();
  if (tags.size() > kMostTagsRead)
    throw Error(ErrorCode::kRefused,
                client.image().repository + " has more than " + std::to_string(kMostTagsRead) +
                    " tags, any of which may need it",
                kOwnTools);
  Documents documents(client);
  std::set<Digest> needed;
  std::vector<std::string> names;
  for (const std::string& tag : tags) {
    std::set<Digest> listed = documents.of(tag);
    if (listed.contains(root))
      names.push_back(RegistryReference{client.image().host, client.image().repository, tag}.string());
    needed.merge(listed);
  }
  if (!names.empty()) return names;
  const std::set<Digest> former = documents.of(root.string());
  // The root first: an index that lists what is gone would be worse than manifests that nothing lists.
  (void)client.delete_manifest(root);
  for (const Digest& digest : former) {
    if (digest != root && !needed.contains(digest)) (void)client.delete_manifest(digest);
  }
  return names;
}

}  // namespace imgcrypt
