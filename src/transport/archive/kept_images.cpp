#include "transport/archive/kept_images.hpp"

#include "base/text/json.hpp"
#include "oci/layer_in_index.hpp"
#include "oci/manifest.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <set>

namespace imgcrypt {
namespace {

constexpr std::size_t kDeepestIndex = 3;  // as where images are read

// The needs of one image after the other.
class Needs {
 public:
  explicit Needs(const ArchiveContents& archive) : archive_(archive) {}

  void add(const Descriptor& root) try { add_document(root, 0); } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    throw Error(ErrorCode::kRefused,
                "it is unknown what another image of the archive needs: " + root.digest.string() + ": " +
                    error.message(),
                "write to another file");
  }
  [[nodiscard]] std::vector<BlobInfo> take() { return std::move(blobs_); }

 private:
  // What is missing may be: platforms that were left out when the archive was made.
  std::optional<FileRange> find_new(const Descriptor& blob) {
    return seen_.insert(blob.digest).second ? archive_.find(blob.digest) : std::nullopt;
  }

  void add_document(const Descriptor& document, std::size_t depth) {
    const auto range = find_new(document);
    if (!range) return;
    const bool is_list = is_index(document.media_type);
    if (depth > kDeepestIndex) throw Error(ErrorCode::kRefused, "indexes are nested too deep");
    if (!is_list && !is_manifest(document.media_type) && !is_layer_in_index(document))
      throw Error(ErrorCode::kRefused, "its media type " + document.media_type + " is unknown");
    if (is_list || is_manifest(document.media_type)) {
      const Bytes bytes =
          read_range(archive_.file.get(), *range, kMostDocumentBytes, document.digest.string());
      const std::string text(as_text(bytes));
      is_list ? add_children(Index::parse(text), depth) : add_leaves(Manifest::parse(text));
    }
    blobs_.push_back({document.media_type, range->size, document.digest});
  }

  void add_children(const Index& index, std::size_t depth) {
    for (const Descriptor& child : index.manifests()) add_document(child, depth + 1);
  }

  void add_leaves(const Manifest& manifest) {
    add_leaf(manifest.config());
    for (const Descriptor& layer : manifest.layers()) add_leaf(layer);
  }

  void add_leaf(const Descriptor& blob) {
    if (const auto range = find_new(blob)) blobs_.push_back({blob.media_type, range->size, blob.digest});
  }

  const ArchiveContents& archive_;
  std::set<Digest> seen_;
  std::vector<BlobInfo> blobs_;
};

}  // namespace

KeptImages KeptImages::read(const ArchiveTarget& target, const std::filesystem::path& temporary_directory) {
  KeptImages kept;
  kept.archive = read_existing(target, temporary_directory);
  if (kept.archive->kind == ArchiveReference::Kind::kDocker) {
    kept.replaced = only_image(target, *kept.archive);
    return kept;
  }
  kept.index = kept.archive->index;
  kept.positions = entries_to_replace(target.entry(), kept.archive->entries);
  if (!kept.positions.empty()) kept.replaced = kept.archive->entries[kept.positions.front()].descriptor;
  Needs needs(*kept.archive);
  const std::vector<RootDescriptor> roots = all_roots(kept.archive->entries);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (!std::ranges::binary_search(kept.positions, i)) needs.add(roots[i].descriptor);
  }
  kept.blobs = needs.take();
  return kept;
}

void KeptImages::copy_to(TarWriter& writer) const {
  for (const BlobInfo& blob : blobs) {
    if (writer.has(*blob.digest)) continue;
    ChunkPool pool;
    RangeSource content(archive->file.get(), archive->find(*blob.digest).value(),
                        "blob " + blob.digest->string(), pool);
    writer.put(blob, content);
  }
}

}  // namespace imgcrypt
