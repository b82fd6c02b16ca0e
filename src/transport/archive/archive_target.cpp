#include "transport/archive/archive_target.hpp"

#include "transport/archive/docker_images.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace imgcrypt {

void require_writable_name(const ArchiveTarget& target) {
  const ArchiveReference& name = target.name;
  if (target.own) return;
  if (name.digest || name.position) {
    throw Error(ErrorCode::kUsage,
                "destination " + name.string() +
                    ": a destination can be named by digest or position only if it is also the source",
                "write " + name.name().store() + " or " + name.name().store() + ":TAG");
  }
  if (!name.tag.empty() && !is_ref_name(name.tag)) {
    throw Error(ErrorCode::kUsage, "destination " + name.string() + ": other tools could not use this tag",
                kTagRule);
  }
  std::error_code none;
  if (!name.is_stream() && !std::filesystem::exists(name.file, none)) refuse_mistaken_tag(name.name());
}

bool is_under_name(const ArchiveReference& name, const Descriptor& entry) {
  const std::string tag = tag_of(entry).value_or("");
  const std::string image = image_name_of(entry).value_or("");
  if (name.tag.empty()) return tag.empty() && image.empty();
  return tag == name.tag || image == name.tag || image == full_image_name(name.tag);
}

ArchiveContents read_existing(const ArchiveTarget& target, const std::filesystem::path& temporary_directory) {
  const ArchiveReference any{.kind = ArchiveReference::Kind::kAny, .file = target.name.file};
  try {
    return ArchiveContents::read(any, temporary_directory);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    throw Error(ErrorCode::kRefused, "destination " + target.name.string() + ": " + error.message(),
                "choose another file, or remove this one");
  }
}

std::optional<Descriptor> only_image(const ArchiveTarget& target, const ArchiveContents& contents) {
  std::optional<Descriptor> replaced;
  const bool is_one = std::ranges::all_of(contents.entries, [&](const LayoutEntry& entry) {
    if (!entry.descriptor) return false;
    if (!replaced) replaced = entry.descriptor;
    return entry.descriptor->digest == replaced->digest &&
           (target.own ? entry.descriptor->digest == target.own->digest
                       : is_under_name(target.name, *entry.descriptor));
  });
  if (is_one) return replaced;
  const bool is_dockers = contents.members.find("manifest.json").has_value();
  throw Error(ErrorCode::kRefused,
              "destination " + target.name.string() + ": the file is an archive " +
                  (is_dockers ? "of Docker with other images, which would be lost"
                              : "of OCI images, and these would be lost"),
              is_dockers
                  ? "write oci-archive: and a new file: further images can be added to that one, or remove "
                    "this one"
                  : "write oci-archive:" + target.name.file + ":TAG to add the image there, or another file");
}

}  // namespace imgcrypt
