#include "transport/layout/layout_index.hpp"

#include "base/cancel.hpp"
#include "oci/edit.hpp"
#include "oci/manifest.hpp"
#include "oci/media_types.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>

namespace imgcrypt {
namespace {

constexpr const char* kNewIndex = ".imgcrypt-index.json";

// Linked to its name when it is complete, so that no reader finds it empty. Two writers may do so at the same
// time; the second finds it there, and both lock the same file. A kill in between leaves thirty bytes under a
// temporary name.
void make_version_file(const LayoutDirectory& directory) {
  const std::string name = temporary_name();
  const Fd file(
      ::openat(directory.fd(), name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.is_open()) throw errno_error("create " + directory.path() + "/oci-layout");
  write_all(file.get(), as_bytes(R"({"imageLayoutVersion":"1.0.0"})"), "write oci-layout");
  const int status = ::linkat(directory.fd(), name.c_str(), directory.fd(), "oci-layout", 0);
  const int failure = errno;
  ::unlinkat(directory.fd(), name.c_str(), 0);
  if (status != 0 && failure != EEXIST)
    throw errno_error("create " + directory.path() + "/oci-layout", failure);
}

// The lock is on `oci-layout`, since that file is never replaced: a lock on index.json would be on the old
// one after the next rename.
Fd take_lock(const LayoutDirectory& directory) {
  auto file = open_regular_file(directory.fd(), "oci-layout");
  if (!file) {
    make_version_file(directory);
    file = open_regular_file(directory.fd(), "oci-layout");
  }
  if (!file)
    throw Error(ErrorCode::kOther, directory.path() + "/oci-layout was removed by another program",
                "run it again");
  // flock() belongs to the open file and goes with it, so a killed writer never leaves the layout locked.
  while (::flock(file->get(), LOCK_EX) != 0) {
    if (errno != EINTR) throw errno_error("lock " + directory.path());  // EINTR: perhaps a cancel
    throw_if_cancelled();
  }
  return std::move(*file);
}

// A named temporary file whose lock can be taken has no writer any more. Failures do not matter: the next
// writer sweeps again.
void sweep(const LayoutDirectory& directory, HashAlgorithm algorithm) {
  auto folder = directory.open_blob_directory(algorithm);
  if (!folder) return;
  const Fd at(::openat(folder->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto close = [](DIR* stream) { ::closedir(stream); };
  // fdopendir() takes over what it is given, and closedir() closes it.
  const int copy = ::dup(folder->get());
  if (copy < 0) return;
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(copy), close);
  if (!stream) return;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (!name.starts_with(kTemporaryPrefix)) continue;
    // O_NONBLOCK and O_NOFOLLOW, since somebody else may have put a FIFO or link there under such a name.
    const Fd file(::openat(at.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.is_open() && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) ::unlinkat(at.get(), name.c_str(), 0);
  }
}

// Without a tag, writing the same image again must not add an entry each time.
bool is_entry_of(const Descriptor& entry, const std::string& tag, const Digest& digest) {
  const auto name = tag_of(entry);
  return tag.empty() ? !name && entry.digest == digest : name == tag;
}

std::string fresh_entry(const Descriptor& root) {
  return R"({"mediaType":)" + quote_json(root.media_type) + R"(,"digest":")" + root.digest.string() +
         R"(","size":)" + std::to_string(root.size) + "}";
}

// The source's entry with everything in it that we do not know, under the new name. An embedded copy of
// another document goes: readers would take it for this one, or refuse it.
std::string entry_for(const RootDescriptor& root, const std::string& tag) {
  std::string raw = root.raw.empty() ? fresh_entry(root.descriptor) : root.raw;
  if (JsonView(raw).get("digest").string() != root.descriptor.digest.string())
    raw = without_member(raw, "data");
  DescriptorEdit edit;
  if (JsonView(raw).find("mediaType")) edit.media_type = root.descriptor.media_type;
  edit.digest = root.descriptor.digest;
  edit.size = root.descriptor.size;
  if (tag.empty()) {
    edit.annotations.removed = {kRefName};
  } else {
    edit.annotations.set = {{kRefName, tag}};
  }
  TextEdits edits(raw);
  edit_descriptor(edits, JsonView(raw), edit);
  return edits.apply();
}

// In place: oci:DIR:@N counts the entries in this order, and members that we do not know are not ours to
// drop.
std::string with_entry(const std::string& index, const RootDescriptor& root, const std::string& tag) {
  const std::string entry = entry_for(root, tag);
  TextEdits edits(index);
  const JsonView manifests = JsonView(index).get("manifests");
  const auto elements = manifests.elements();
  bool replaced = false;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!is_entry_of(parse_descriptor(elements[i]), tag, root.descriptor.digest)) continue;
    if (!std::exchange(replaced, true)) {
      edits.replace(elements[i].text(), entry);
    } else {  // a second entry of one tag would bring the old image back
      const char* begin = elements[i - 1].text().data() + elements[i - 1].text().size();
      const char* end = elements[i].text().data() + elements[i].text().size();
      edits.erase({begin, static_cast<std::size_t>(end - begin)});
    }
  }
  if (!replaced && elements.empty()) edits.insert_after(manifests.text().substr(0, 1), entry);
  if (!replaced && !elements.empty()) edits.insert_after(elements.back().text(), "," + entry);
  return edits.apply();
}

std::optional<Digest> replaced_image(const std::string& index, const std::string& tag, const Digest& now) {
  for (const JsonView& element : JsonView(index).get("manifests").elements()) {
    const Descriptor entry = parse_descriptor(element);
    if (is_entry_of(entry, tag, now) && entry.digest != now) return entry.digest;
  }
  return std::nullopt;
}

std::vector<RootDescriptor> parse_roots(const std::string& index) {
  std::vector<RootDescriptor> roots;
  for (const JsonView& element : JsonView(index).get("manifests").elements())
    roots.push_back({parse_descriptor(element), std::string(element.text())});
  return roots;
}

// A directory without index.json becomes a layout with the first image.
std::string read_or_fresh(const LayoutDirectory& directory) {
  if (directory.has_index()) return directory.read_index();
  return R"({"schemaVersion":2,"mediaType":")" + std::string(kOciIndex) + R"(","manifests":[]})";
}

// The content reaches the disk before the name: after a power cut a rename without fsync may leave an empty
// file.
void replace_index(const LayoutDirectory& directory, const std::string& text) {
  const Fd file(
      ::openat(directory.fd(), kNewIndex, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.is_open()) throw errno_error("create " + directory.path() + "/" + kNewIndex);
  write_all(file.get(), as_bytes(text), "write index.json");
  if (::fsync(file.get()) != 0 || ::renameat(directory.fd(), kNewIndex, directory.fd(), "index.json") != 0)
    throw errno_error("replace " + directory.path() + "/index.json");
}

}  // namespace

std::optional<std::string> tag_of(const Descriptor& entry) {
  const auto found = entry.annotations.find(kRefName);
  return found == entry.annotations.end() ? std::nullopt : std::optional(found->second);
}

LayoutIndex::LayoutIndex(const std::string& path) : directory_(path), lock_(take_lock(directory_)) {
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512})
    sweep(directory_, algorithm);
}

std::optional<Digest> LayoutIndex::put(const RootDescriptor& root, const std::string& tag) {
  // Read under the lock, never earlier: this is what keeps two writers from losing each other's tags.
  const std::string old = read_or_fresh(directory_);
  const std::string text = with_entry(old, root, tag);
  // Our own limit for reading: otherwise the next command could not open the layout.
  if (text.size() > kMostDocumentBytes) {
    throw Error(ErrorCode::kRefused, directory_.path() + "/index.json would be larger than 4 MiB",
                "remove images from the layout that are no longer needed, or write to another one");
  }
  std::optional<Digest> replaced = replaced_image(old, tag, root.descriptor.digest);
  ::unlinkat(directory_.fd(), kNewIndex, 0);  // of a writer that was killed; under the lock it is nobody's
  try {
    replace_index(directory_, text);
  } catch (...) {
    ::unlinkat(directory_.fd(), kNewIndex, 0);
    throw;
  }
  return replaced;
}

void LayoutIndex::make_durable() {
  if (::fsync(directory_.fd()) != 0) throw errno_error("fsync " + directory_.path());
}

std::vector<RootDescriptor> read_roots(const LayoutDirectory& directory) {
  const std::string index = directory.read_index();
  try {
    return parse_roots(index);
  } catch (const Error& error) {
    throw error.in(directory.path() + "/index.json");
  }
}

void LayoutIndex::remove_blob(const Digest& digest) {
  const auto folder = directory_.open_blob_directory(digest.algorithm());
  if (folder && ::unlinkat(folder->get(), digest.hex().c_str(), 0) != 0 && errno != ENOENT)
    throw errno_error("remove blob " + digest.string());
}

}  // namespace imgcrypt
