#include "transport/archive/archive_contents.hpp"

#include "base/text/json.hpp"
#include "oci/manifest.hpp"
#include "transport/archive/docker_images.hpp"
#include "transport/archive/tar/open_tar.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

using Kind = ArchiveReference::Kind;

constexpr const char* kIndexFile = "index.json";
constexpr const char* kDockerFile = "manifest.json";

std::string label_of(const ArchiveReference& reference) {
  return reference.is_stream() ? "stdin" : reference.file;
}

// The text of a list of images, checked as JSON only.
std::string read_list(const ArchiveContents& contents, const char* name, const std::string& what) {
  if (contents.members.is_ambiguous(name)) {
    throw Error(ErrorCode::kRefused,
                what + " holds " + name + " more than once: programs would not agree on what is in it",
                "make it again, with one program and into a new file");
  }
  const std::string path = what + ", " + name;
  const Bytes bytes =
      read_range(contents.file.get(), contents.members.find(name).value(), kMostDocumentBytes, path);
  return checked_json(bytes, path);
}

void read_entries_of(ArchiveContents& contents, Kind wanted, const std::string& what) {
  const bool is_layout = contents.members.find(kIndexFile).has_value();
  const bool is_docker = contents.members.find(kDockerFile).has_value();
  contents.kind = wanted != Kind::kAny ? wanted : is_layout ? Kind::kOci : Kind::kDocker;
  if (is_layout) {
    contents.index = read_list(contents, kIndexFile, what);
    contents.entries = parse_entries(contents.index);
  } else if (is_docker && wanted != Kind::kOci) {
    add_docker_images(read_list(contents, kDockerFile, what), what, contents);
  } else {
    throw Error(ErrorCode::kNotFound, what + " is not an archive of OCI images: it has no index.json",
                is_docker ? "it is an older archive of Docker: write docker-archive:" + what
                          : "give a file that skopeo, podman, docker save or buildx has made; in its tar "
                            "index.json is at the top, not in a folder");
  }
}

// Mostly the program before the pipe has failed.
void require_some(int fd, const std::string& what) {
  std::uint8_t byte = 0;
  if (read_some_at(fd, {&byte, 1}, 0, what) > 0) return;
  throw Error(ErrorCode::kNotFound, what + " is empty: there is no archive in it",
              "run alone what should write it, and see what it says");
}

bool has_name(const LayoutEntry& entry, const std::string& name) {
  return entry.descriptor && (tag_of(*entry.descriptor) == name || image_name_of(*entry.descriptor) == name);
}

}  // namespace

ArchiveContents ArchiveContents::read(const ArchiveReference& reference,
                                      const std::filesystem::path& temporary_directory) {
  const std::string what = label_of(reference);
  Fd file = open_tar(reference.file, temporary_directory);
  require_some(file.get(), what);
  MemberTable members = MemberTable::read(file.get(), what);
  ArchiveContents contents{.file = std::move(file), .members = std::move(members), .entries = {}};
  read_entries_of(contents, reference.kind, what);
  return contents;
}

std::optional<FileRange> ArchiveContents::find(const Digest& blob) const {
  const auto at = blobs.find(blob);
  if (at != blobs.end()) return at->second;
  return members.find("blobs/" + blob.algorithm_name() + "/" + blob.hex());
}

RootDescriptor ArchiveContents::find_root(const ArchiveReference& reference,
                                          const std::function<bool(const Platform&)>& is_wanted) const {
  ArchiveReference wanted = reference;
  wanted.kind = kind;
  const auto is_listed = [&] {
    return std::ranges::any_of(entries,
                               [&](const LayoutEntry& entry) { return has_name(entry, wanted.tag); });
  };
  if (!wanted.tag.empty() && kind == Kind::kDocker && !is_listed()) {
    wanted.tag = full_image_name(wanted.tag);
    const auto other = std::ranges::find(more_names, wanted.tag, &std::pair<std::string, std::size_t>::first);
    if (other != more_names.end()) {
      wanted.tag.clear();
      wanted.position = other->second;
    }
  }
  return imgcrypt::find_root(wanted.name(), entries, is_wanted);
}

}  // namespace imgcrypt
