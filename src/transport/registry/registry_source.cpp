#include "transport/registry/registry_source.hpp"

#include "base/parallel.hpp"
#include "base/text/json.hpp"
#include "oci/manifest.hpp"
#include "oci/media_types.hpp"
#include "oci/verifying_source.hpp"
#include "transport/registry/blob_download.hpp"

#include <array>
#include <utility>

namespace imgcrypt {
namespace {

// What the document says of itself; empty if that is nothing, or it is not JSON.
std::string own_type(const std::string& text) {
  try {
    check_json(text);
    return parse_media_type(JsonView(text));
  } catch (const Error&) {
    return {};
  }
}

// Some registries, and proxies before them, answer with types such as text/plain; then the document counts.
std::string type_of(const RegistryManifest& manifest) {
  if (is_manifest(manifest.media_type) || is_index(manifest.media_type)) return manifest.media_type;
  return own_type(manifest.text);
}

// What nobody names a digest of can be compared with nothing, but is at least what was asked for.
void require_document(const RegistryManifest& manifest, const std::string& type,
                      const RegistryReference& image) {
  if (image.digest || manifest.digest) return;
  try {
    if (is_index(type))
      (void)Index::parse(manifest.text);
    else
      (void)Manifest::parse(manifest.text);
  } catch (const Error& error) {
    throw Error(ErrorCode::kRegistry,
                image.host + " answers with something else than the manifest of " + image.name_on_host() +
                    ", and without a digest: " + error.message(),
                "check the host, and look with curl at what it answers");
  }
}

// By the algorithm that the user, or else the registry, names it with.
Digest digest_of(const RegistryManifest& manifest, const RegistryReference& image) {
  const auto& named = image.digest ? image.digest : manifest.digest;
  Digest found = Digest::of(as_bytes(manifest.text), named ? named->algorithm() : HashAlgorithm::kSha256);
  if (named && *named != found)
    throw Error(ErrorCode::kIntegrity,
                image.string() + " is damaged: the registry gives a manifest with the digest " +
                    found.string() + " for " + named->string(),
                "fetch the image from another registry");
  return found;
}

}  // namespace

std::unique_ptr<RegistrySource> RegistrySource::open_image(std::unique_ptr<RegistryClient> client) {
  RegistryManifest manifest = client->read_manifest();
  const std::string type = type_of(manifest);
  require_document(manifest, type, client->image());
  RootDescriptor root{{type, digest_of(manifest, client->image()), manifest.text.size(), {}, {}}, {}};
  return std::unique_ptr<RegistrySource>(
      new RegistrySource(std::move(client), std::move(root), std::move(manifest.text)));
}

std::unique_ptr<Source> RegistrySource::open(const Descriptor& blob, ChunkPool& pool) {
  if (blob.digest == root_.descriptor.digest && blob.size == root_.descriptor.size)
    return std::make_unique<MemorySource>(to_bytes(as_bytes(root_text_)));
  auto download = std::make_unique<BlobDownload>(client_->connection(), blob, pool);
  // Verified here and not by the callers: no use case can forget it.
  return std::make_unique<VerifyingSource>(std::move(download), blob.digest, blob.size);
}

void RegistrySource::check_presence(const Descriptor& blob) {
  const BlobFinding found = find_blob(client_->connection(), blob);
  if (!found.is_there) throw missing_blob(client_->connection(), blob, found.sent_to);
  if (found.size.value_or(blob.size) == blob.size) return;
  throw Error(ErrorCode::kIntegrity,
              "blob " + blob.digest.string() + " is damaged: the registry has " +
                  std::to_string(*found.size) + " bytes, but its descriptor says " +
                  std::to_string(blob.size),
              "fetch the image again from an intact copy");
}

std::vector<Referrer> RegistrySource::referrers(const Descriptor& subject) {
  constexpr std::array<std::string_view, 3> kTagEndings = {".sig", ".att", ".sbom"};
  // A list, or one tag: the answers are independent, and far away.
  std::array<std::vector<Referrer>, 1 + kTagEndings.size()> found;
  StopFlag stop = false;
  run_parallel(found.size(), found.size(), stop, [&](std::size_t i) {
    found[i] = i == 0 ? client_->referrers(subject.digest)
                      : tagged(referrers_tag(subject.digest) + std::string(kTagEndings[i - 1]));
  });
  std::vector<Referrer> all;
  for (const std::vector<Referrer>& some : found) all.insert(all.end(), some.begin(), some.end());
  return all;
}

std::vector<Referrer> RegistrySource::tagged(const std::string& tag) {
  const auto manifest = client_->get_manifest(tag);
  if (!manifest) return {};
  const Digest digest = Digest::of(as_bytes(manifest->text));
  return {{{{type_of(*manifest), digest, manifest->text.size(), {}, {}}, {}}, {}, tag}};
}

}  // namespace imgcrypt
