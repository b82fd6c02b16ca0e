#include "transport/archive/oci_archive_destination.hpp"

#include "oci/manifest.hpp"
#include "transport/files/blob_faults.hpp"
#include "transport/layout/docker_list.hpp"

#include <algorithm>
#include <iterator>

namespace imgcrypt {
namespace {

// OCI image specification, "Image Layout", oci-layout file.
constexpr const char* kVersion = R"({"imageLayoutVersion":"1.0.0"})";

std::string member_of(const Digest& digest, const std::string& /*media_type*/) {
  return "blobs/" + digest.algorithm_name() + "/" + digest.hex();
}

}  // namespace

OciArchiveDestination::OciArchiveDestination(ArchiveTarget target,
                                             const std::filesystem::path& temporary_directory, Warn warn)
    : target_(std::move(target)),
      temporary_directory_(temporary_directory),
      warn_(std::move(warn)),
      output_(target_.name, temporary_directory, member_of) {
  require_writable_name(target_);
}

void OciArchiveDestination::check() {
  output_.check();
  (void)read_kept();
}

KeptImages OciArchiveDestination::read_kept() {
  KeptImages kept = output_.replaces_file() ? KeptImages::read(target_, temporary_directory_) : KeptImages();
  kept_.clear();
  for (const BlobInfo& blob : kept.blobs) kept_.insert(blob.digest.value());
  return kept;
}

std::optional<Digest> OciArchiveDestination::named_now() {
  const KeptImages kept = read_kept();
  return kept.replaced ? std::optional(kept.replaced->digest) : std::nullopt;
}

std::optional<Digest> OciArchiveDestination::tagged_now(const std::string& tag) {
  return digest_tagged(parse_entries(read_kept().index), tag);
}

std::set<Digest> OciArchiveDestination::still_held(const std::set<Digest>& blobs) {
  std::set<Digest> held;
  std::ranges::set_intersection(blobs, kept_, std::inserter(held, held.end()));
  return held;
}

void OciArchiveDestination::put_document(const Descriptor& descriptor, std::string_view text) {
  require_readable_document(descriptor, text);
  if (has(descriptor)) return;
  MemorySource content(to_bytes(as_bytes(text)));
  put_blob({descriptor.media_type, descriptor.size, descriptor.digest}, content);
}

void OciArchiveDestination::add_referrer(const Referrer& referrer) {
  const bool keeps_tag = output_.is_stream() && target_.inherited.tag;
  if (target_.name.tag.empty() && !target_.own && !keeps_tag) {
    throw Error(ErrorCode::kRefused,
                "destination " + target_.name.string() + ": beside its referrers an image needs a tag",
                "give the result a tag: oci-archive:" + target_.name.file + ":TAG");
  }
  referrers_.push_back(referrer);
}

std::optional<Digest> OciArchiveDestination::commit(const RootDescriptor& root) {
  output_.lock(warn_);
  // Looked at again: what another program put there meanwhile must not be lost.
  const KeptImages kept = read_kept();
  const EntryName name = output_.is_stream() && target_.name.tag.empty()
                             ? target_.inherited
                             : name_under(target_.name.tag, kept.replaced, name_in_source(root));
  std::string index = with_entry(kept.index, entry_text(root, name), kept.positions);
  for (const Referrer& referrer : referrers_) index = with_referrer(index, referrer);
  require_readable_index(index, target_.name.file);
  kept.copy_to(output_.writer());
  output_.commit({{"index.json", index}, {"oci-layout", kVersion}});
  if (warn_ && kept.archive && kept.archive->members.find(kDockerList))
    warn_(target_.name.file + " no longer has " + kDockerList + ", Docker's own list of images");
  if (!kept.replaced || kept.replaced->digest == root.descriptor.digest) return std::nullopt;
  return kept.replaced->digest;
}

}  // namespace imgcrypt
