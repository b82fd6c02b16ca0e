#include "transport/layout/layout_destination.hpp"

#include "base/parallel.hpp"
#include "base/stream/fd_stream.hpp"
#include "base/work_time.hpp"
#include "oci/manifest.hpp"
#include "oci/verifying_source.hpp"
#include "transport/files/blob_faults.hpp"
#include "transport/files/new_place.hpp"
#include "transport/layout/layout_place.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <ranges>
#include <utility>

namespace imgcrypt {
namespace {

// fsyncs that overlap share one write of the file system's journal; more than this gains nothing.
constexpr unsigned kSyncsAtOnce = 8;

// Whether the file is the blob: to take it by its name alone would carry damage into a new image that looks
// complete. Any other error is not an answer: a disk that fails to read says nothing about the blob.
bool is_whole(Fd file, const Digest& digest, std::uint64_t size) {
  try {
    ChunkPool pool;
    VerifyingSource source(std::make_unique<FdSource>(std::move(file), digest.string(), pool), digest, size);
    drain(source);
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kIntegrity) throw;
    return false;
  }
}

void make_durable(int fd, const std::string& what) {
  const WorkTimer timer(Work::kSync);
  if (::fsync(fd) != 0) throw errno_error("fsync " + what);
}

// Opened anew each time, and never through a link: between two calls another program may have put one there.
Fd blob_directory(const std::string& layout, HashAlgorithm algorithm) {
  auto directory = LayoutDirectory(layout).open_blob_directory(algorithm);
  if (!directory)
    throw Error(ErrorCode::kOther,
                layout + "/blobs/" + folder_of(algorithm) + " was removed by another program",
                "run it again");
  return std::move(*directory);
}

// The source was read through it, which the hint of a link would advise.
void require_own_index(const LayoutDirectory& directory) {
  struct stat status = {};
  if (::fstatat(directory.fd(), "index.json", &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISLNK(status.st_mode))
    return;
  throw Error(ErrorCode::kRefused, directory.path() + "/index.json is a symbolic link, and would be replaced",
              "--follow-links is for reading: write to another layout");
}

}  // namespace

LayoutDestination::LayoutDestination(EntryTarget target, LayoutDestinationOptions options)
    : target_(std::move(target)), options_(std::move(options)) {
  const ImageName& name = target_.name;
  if (target_.place == EntryTarget::Place::kInPlace) return;
  if (name.digest || name.position) {
    throw Error(ErrorCode::kUsage,
                "destination " + name.string() +
                    ": a destination can be named by digest or position only if it is also the source",
                "write oci:DIR or oci:DIR:TAG");
  }
  if (!name.tag.empty() && !is_ref_name(name.tag)) {
    throw Error(ErrorCode::kUsage, "destination " + name.string() + ": other tools could not use this tag",
                "use letters and digits, with a single - . _ : @ + or / between them");
  }
}

LayoutDestination::~LayoutDestination() {
  pending_.clear();  // before the directories, which must be empty
  // Only empty ones go: another writer's layout stays.
  for (const std::string& directory : std::views::reverse(made_directories_)) ::rmdir(directory.c_str());
}

void LayoutDestination::check() {
  require_place(target_.name);
  const auto directory = LayoutDirectory::open_if_exists(path());
  if (directory && options_.links == Links::kFollow) require_own_index(*directory);
  // An index.json that cannot be read or changed would make commit() fail after all the work.
  (void)named_now();
}

std::vector<LayoutEntry> LayoutDestination::entries_now() const {
  const auto directory = LayoutDirectory::open_if_exists(path());
  return directory && directory->has_index() ? read_entries(*directory) : std::vector<LayoutEntry>();
}

std::optional<Digest> LayoutDestination::named_now() {
  const auto entries = entries_now();
  const auto positions = entries_to_replace(target_, entries);
  if (positions.empty()) return std::nullopt;
  return entries[positions.front()].descriptor->digest;
}

std::optional<Digest> LayoutDestination::tagged_now(const std::string& tag) {
  return digest_tagged(entries_now(), tag);
}

// One level after the other, remembering which are ours: another writer may create the same ones.
void LayoutDestination::make_directories(HashAlgorithm algorithm) {
  for (const std::string& directory :
       {path(), path() + "/blobs", path() + "/blobs/" + folder_of(algorithm)}) {
    if (::mkdir(directory.c_str(), 0777) == 0) {
      made_directories_.push_back(directory);
    } else if (errno == ENOENT) {  // check() found it: it was removed since
      fail_for_parent(target_.name.string());
    } else if (errno != EEXIST) {
      throw errno_error("create directory " + directory);
    }
  }
}

// The names of what was made must survive a power cut as well, and are kept by the directories above.
void LayoutDestination::make_directories_durable() const {
  for (const std::string& directory : made_directories_) {
    const std::string above = directory + "/..";
    const Fd parent(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // One that may be written to but not read cannot be opened; then the system decides when.
    if (parent.is_open()) make_durable(parent.get(), above);
  }
}

PendingBlob LayoutDestination::create_blob(HashAlgorithm algorithm) {
  const std::scoped_lock lock(mutex_);
  make_directories(algorithm);
  return PendingBlob::create(blob_directory(path(), algorithm), path());
}

bool LayoutDestination::has(const Descriptor& blob) {
  const auto directory = LayoutDirectory::open_if_exists(path(), options_.links);
  auto file = directory ? directory->open_blob(blob.digest) : std::nullopt;
  // Read without the mutex: several blobs are checked at the same time.
  if (!file || !is_whole(std::move(*file), blob.digest, blob.size)) return false;
  const std::scoped_lock lock(mutex_);
  found_.insert(blob.digest);
  return true;
}

bool LayoutDestination::adopt(const Descriptor& blob) {
  if (!options_.is_source) return false;
  // As good as it was: whoever reads the image finds the damage that he would have found before. Its size is
  // one system call, its digest could take minutes.
  const auto file = LayoutDirectory(path(), options_.links).open_blob(blob.digest);
  struct stat status = {};
  if (!file || ::fstat(file->get(), &status) != 0 || static_cast<std::uint64_t>(status.st_size) != blob.size)
    return false;
  const std::scoped_lock lock(mutex_);
  found_.insert(blob.digest);
  return true;
}

// Under the lock: another program may have pruned the layout since.
void LayoutDestination::check_found() const {
  const LayoutDirectory directory(path(), options_.links);
  for (const Digest& digest : found_) {
    // One that was put as well is about to be linked, whatever became of the other.
    if (pending_.contains(digest) || directory.open_blob(digest)) continue;
    throw Error(ErrorCode::kOther, "another program removed blob " + digest.string() + " while this one ran",
                "run it again");
  }
}

Digest LayoutDestination::put_blob(const BlobInfo& info, Source& content) {
  const HashAlgorithm algorithm = info.digest ? info.digest->algorithm() : info.algorithm;
  // A file for each call, even for equal content: whoever is first need not wait for the others, and the last
  // one wins.
  PendingBlob blob = create_blob(algorithm);
  const Digest digest = blob.write(content, algorithm, info.size);
  require_content(info.digest, info.size, digest, blob.size());
  const std::scoped_lock lock(mutex_);
  pending_.insert_or_assign(digest, std::move(blob));
  return digest;
}

void LayoutDestination::put_document(const Descriptor& descriptor, std::string_view text) {
  require_readable_document(descriptor, text);
  // Never adopted unread: it is small, and `text` can mend what is damaged.
  if (has(descriptor)) return;
  MemorySource content(to_bytes(as_bytes(text)));
  put_blob({descriptor.media_type, descriptor.size, descriptor.digest}, content);
}

void LayoutDestination::add_referrer(const Referrer& referrer) {
  if (target_.name.tag.empty() && target_.place == EntryTarget::Place::kByName) {
    throw Error(ErrorCode::kRefused,
                "destination " + target_.name.string() + ": beside its referrers an image needs a tag",
                "give the result a tag: oci:DIR:TAG");
  }
  referrers_.push_back(referrer);
}

// After a failed commit. No image names them, and no other writer can have counted on them: the lock is held,
// and check_found() looks again under it.
void LayoutDestination::unlink_new_blobs() noexcept {
  for (const Digest& digest : new_blobs_) {
    const std::string folder = path() + "/blobs/" + folder_of(digest.algorithm()) + "/";
    ::unlink((folder + digest.hex()).c_str());
  }
}

void LayoutDestination::link_blobs() {
  // First all contents, several at the same time; then the names; then the directory once: after a power cut
  // a name never leads to a blob that is not complete.
  std::vector<const PendingBlob*> files;
  for (const auto& [digest, blob] : pending_) files.push_back(&blob);
  StopFlag stop = false;
  run_parallel(files.size(), kSyncsAtOnce, stop, [&](std::size_t i) { files[i]->make_durable(); });
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512}) {
    auto of_algorithm =
        pending_ | std::views::filter([&](const auto& p) { return p.first.algorithm() == algorithm; });
    if (of_algorithm.empty()) continue;
    make_directories(algorithm);
    const Fd directory = blob_directory(path(), algorithm);
    for (auto& [digest, blob] : of_algorithm) {
      if (blob.link(directory, digest)) new_blobs_.push_back(digest);
    }
    make_durable(directory.get(), path() + "/blobs");
  }
}

std::optional<Digest> LayoutDestination::commit(const RootDescriptor& root) {
  // An image of sha512 blobs alone still needs the directory that the specification requires.
  make_directories(HashAlgorithm::kSha256);
  const LayoutIndex index(path(), options_.warn);  // locks until the end
  check_found();
  std::optional<Descriptor> replaced;
  try {
    link_blobs();
    make_directories_durable();
    replaced = index.put(root, target_, referrers_, options_.warn);
  } catch (...) {
    unlink_new_blobs();
    throw;
  }
  // The image is visible: nothing may be undone any more, even if the last fsync fails.
  pending_.clear();
  made_directories_.clear();
  index.update_docker_list(replaced, options_.warn);
  index.make_durable();
  return replaced ? std::optional(replaced->digest) : std::nullopt;
}

}  // namespace imgcrypt
