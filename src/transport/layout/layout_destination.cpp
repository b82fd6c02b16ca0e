#include "transport/layout/layout_destination.hpp"

#include "base/parallel.hpp"
#include "base/stream/chunk_hash.hpp"
#include "base/stream/fd_stream.hpp"
#include "base/work_time.hpp"
#include "oci/verifying_source.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <ranges>
#include <system_error>
#include <utility>

namespace imgcrypt {
namespace {

// fsyncs that overlap share one write of the file system's journal; more than this gains nothing.
constexpr unsigned kSyncsAtOnce = 8;
// Small enough for the disk to be busy while the rest is still encrypted, large enough to be rare.
constexpr std::uint64_t kWriteBackBytes = 16 * 1024 * 1024;

const char* folder_of(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::kSha256 ? "sha256" : "sha512";
}

// Writes through to a file and hashes what it writes. The disk starts early, so that little is left for
// fsync.
class HashingSink final : public Sink {
 public:
  HashingSink(int fd, HashAlgorithm algorithm)
      : fd_(fd), file_(fd, "write blob"), hasher_(Hasher(algorithm)), algorithm_(algorithm) {}

  void write(Chunk chunk) override {
    hasher_.update(chunk);
    const WorkTimer timer(Work::kWrite);
    written_ += chunk.size();
    file_.write(std::move(chunk));
    if (written_ - started_ >= kWriteBackBytes) start_write_back();
  }
  [[nodiscard]] std::uint64_t size() const noexcept { return written_; }
  [[nodiscard]] Digest finish() {
    start_write_back();
    return Digest::from_hash(algorithm_, hasher_.finish());
  }

 private:
  // Only a hint: what it cannot do, fsync does.
  void start_write_back() noexcept {
    ::sync_file_range(fd_, static_cast<off64_t>(started_), static_cast<off64_t>(written_ - started_),
                      SYNC_FILE_RANGE_WRITE);
    started_ = written_;
  }

  int fd_;
  FdSink file_;
  ChunkHash<Hasher> hasher_;
  HashAlgorithm algorithm_;
  std::uint64_t written_ = 0;
  std::uint64_t started_ = 0;  // on their way to the disk
};

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

// Not by path: links, `..` and a bind mount lead to one layout under several names.
bool is_same_directory(const std::string& one, const std::string& other) {
  std::error_code none;
  return !one.empty() && std::filesystem::equivalent(one, other, none);
}

// Only one level is created: a mistyped path should not become a tree of directories.
bool has_parent(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  std::error_code failure;
  return parent.empty() || std::filesystem::is_directory(parent, failure);
}

Error missing_parent(const LayoutReference& destination) {
  return {ErrorCode::kUsage, "destination " + destination.string() + ": the directory above it is missing",
          "create the directory above it (mkdir -p), or choose another destination"};
}

// For content whose source does not check itself, such as one that was decrypted.
void check_blob(const BlobInfo& info, std::uint64_t size, const Digest& digest) {
  if (info.digest && *info.digest != digest) {
    throw Error(ErrorCode::kIntegrity, "blob " + info.digest->string() +
                                           " is damaged: the digest of its content is " + digest.string());
  }
  if (size != info.size) {
    throw Error(ErrorCode::kIntegrity, "blob " + digest.string() + " is damaged: it has " +
                                           std::to_string(size) + " of " + std::to_string(info.size) +
                                           " bytes");
  }
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

}  // namespace

void LayoutDestination::check() {
  const std::string& path = reference_.directory;
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISDIR(status.st_mode)) {
      throw Error(ErrorCode::kUsage,
                  "destination " + reference_.string() + ": " + path + " is not a directory",
                  "choose another destination");
    }
    // An index.json that cannot be read would make commit() fail after all the work.
    const LayoutDirectory directory(path);
    if (directory.has_index()) (void)read_roots(directory);
  } else if (!has_parent(path)) {
    throw missing_parent(reference_);
  }
}

LayoutDestination::LayoutDestination(LayoutReference reference, LayoutDestinationOptions options)
    : reference_(std::move(reference)),
      options_(std::move(options)),
      is_other_ours_(is_same_directory(options_.other, reference_.directory)) {
  if (reference_.digest || reference_.position) {
    throw Error(
        ErrorCode::kUsage,
        "destination " + reference_.string() + ": a destination cannot be named by digest or position",
        "write oci:DIR or oci:DIR:TAG");
  }
  if (!reference_.tag.empty() && !is_ref_name(reference_.tag)) {
    throw Error(ErrorCode::kUsage,
                "destination " + reference_.string() + ": other tools could not use this tag",
                "use letters and digits, with a single - . _ : @ + or / between them");
  }
}

LayoutDestination::~LayoutDestination() {
  for (const auto& [digest, pending] : pending_) {
    if (pending.temporary_name.empty()) continue;
    const std::string folder = reference_.directory + "/blobs/" + folder_of(digest.algorithm()) + "/";
    ::unlink((folder + pending.temporary_name).c_str());
  }
  // Only empty ones go: another writer's layout stays.
  for (const std::string& directory : std::views::reverse(made_directories_)) ::rmdir(directory.c_str());
}

// One level after the other, remembering which are ours: another writer may create the same ones.
void LayoutDestination::make_directories(HashAlgorithm algorithm) {
  const std::string& root = reference_.directory;
  for (const std::string& path : {root, root + "/blobs", root + "/blobs/" + folder_of(algorithm)}) {
    if (::mkdir(path.c_str(), 0777) == 0) {
      made_directories_.push_back(path);
    } else if (errno == ENOENT) {  // check() found it: it was removed since
      throw missing_parent(reference_);
    } else if (errno != EEXIST) {
      throw errno_error("create directory " + path);
    }
  }
}

LayoutDestination::Pending LayoutDestination::open_temporary(HashAlgorithm algorithm) {
  const std::scoped_lock lock(mutex_);
  make_directories(algorithm);
  const Fd directory = blob_directory(reference_.directory, algorithm);
  // An unnamed file goes with the process, even after SIGKILL. It needs no O_EXCL, which would forbid linking
  // it to a name.
  Fd file(::openat(directory.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666));
  if (file.is_open()) return {std::move(file), {}};
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
    throw errno_error("create a blob in " + reference_.directory);
  // Network file systems have no unnamed files (old kernels say EISDIR or ENOENT). The lock tells a sweeper
  // that the writer lives; the system releases it with the process, however that ends.
  std::string name = temporary_name();
  file =
      Fd(::openat(directory.get(), name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.is_open() || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
    throw errno_error("create a blob in " + reference_.directory);
  return {std::move(file), std::move(name)};
}

bool LayoutDestination::has(const Descriptor& blob) {
  const auto directory = LayoutDirectory::open_if_exists(reference_.directory);
  auto file = directory ? directory->open_blob(blob.digest) : std::nullopt;
  // Read without the mutex: several blobs are checked at the same time.
  if (!file || !is_whole(std::move(*file), blob.digest, blob.size)) return false;
  const std::scoped_lock lock(mutex_);
  found_.insert(blob.digest);
  return true;
}

bool LayoutDestination::adopt(const Descriptor& blob) {
  if (!is_other_ours_) return false;
  // As good as it was: whoever reads the image finds the damage that he would have found before. Its size is
  // one system call, its digest could take minutes.
  const auto file = LayoutDirectory(reference_.directory).open_blob(blob.digest);
  struct stat status = {};
  if (!file || ::fstat(file->get(), &status) != 0 || static_cast<std::uint64_t>(status.st_size) != blob.size)
    return false;
  const std::scoped_lock lock(mutex_);
  found_.insert(blob.digest);
  return true;
}

// Under the lock: another program may have pruned the layout since.
void LayoutDestination::check_found() const {
  const LayoutDirectory directory(reference_.directory);
  for (const Digest& digest : found_) {
    // One that was put as well is about to be linked, whatever became of the other.
    if (pending_.contains(digest) || directory.open_blob(digest)) continue;
    throw Error(ErrorCode::kOther, "another program removed blob " + digest.string() + " while this one ran",
                "run it again");
  }
}

// Under the lock, right before the tag is moved: what another program wrote during hours of work must not be
// lost without a word.
void LayoutDestination::check_replaced(const LayoutIndex& index) const {
  if (!options_.in_place_of) return;
  for (const RootDescriptor& root : index.roots()) {
    if (tag_of(root.descriptor) == reference_.tag && root.descriptor.digest == *options_.in_place_of) return;
  }
  throw Error(ErrorCode::kOther, "another program changed " + reference_.string() + " while this one ran",
              "run it again");
}

Digest LayoutDestination::put_blob(const BlobInfo& info, Source& content) {
  const HashAlgorithm algorithm = info.digest ? info.digest->algorithm() : info.algorithm;
  // A file for each call, even for equal content: whoever is first need not wait for the others, and the last
  // one wins.
  Pending pending = open_temporary(algorithm);
  HashingSink sink(pending.file.get(), algorithm);
  try {
    pump(content, sink);
    const Digest digest = sink.finish();
    check_blob(info, sink.size(), digest);
    const std::scoped_lock lock(mutex_);
    pending_.insert_or_assign(digest, std::move(pending));
    return digest;
  } catch (...) {
    if (!pending.temporary_name.empty()) {
      ::unlinkat(blob_directory(reference_.directory, algorithm).get(), pending.temporary_name.c_str(), 0);
    }
    throw;
  }
}

void LayoutDestination::put_document(const Descriptor& descriptor, std::string_view text) {
  // Never adopted unread: it is small, and `text` can mend what is damaged.
  if (has(descriptor)) return;
  MemorySource content(to_bytes(as_bytes(text)));
  put_blob({descriptor.media_type, descriptor.size, descriptor.digest}, content);
}

void LayoutDestination::link_blob(int directory, const Digest& digest, Pending& pending) {
  // linkat with AT_EMPTY_PATH would need CAP_DAC_READ_SEARCH; open(2) recommends this instead.
  const std::string source = "/proc/self/fd/" + std::to_string(pending.file.get());
  if (!pending.temporary_name.empty()) {
    // rename() replaces silently: whether the name was there decides if a failed commit may remove it.
    if (::faccessat(directory, digest.hex().c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0)
      new_blobs_.push_back(digest);
    if (::renameat(directory, pending.temporary_name.c_str(), directory, digest.hex().c_str()) != 0) {
      throw errno_error("rename blob " + digest.string());
    }
    pending.temporary_name.clear();
    return;
  }
  if (::linkat(AT_FDCWD, source.c_str(), directory, digest.hex().c_str(), AT_SYMLINK_FOLLOW) == 0) {
    new_blobs_.push_back(digest);
    return;
  }
  if (errno != EEXIST) throw errno_error("link blob " + digest.string());
  // What is there already is not trusted: ours is known to be whole and takes its place. linkat() cannot
  // replace, and unlinking first would leave a moment without the blob: so under a second name, then rename.
  const std::string beside = temporary_name();
  if (::linkat(AT_FDCWD, source.c_str(), directory, beside.c_str(), AT_SYMLINK_FOLLOW) != 0)
    throw errno_error("replace blob " + digest.string());
  if (::renameat(directory, beside.c_str(), directory, digest.hex().c_str()) != 0) {
    const int failure = errno;
    ::unlinkat(directory, beside.c_str(), 0);
    throw errno_error("replace blob " + digest.string(), failure);
  }
}

// After a failed commit. No image names them, and no other writer can have counted on them: the lock is held,
// and check_found() looks again under it.
void LayoutDestination::unlink_new_blobs() noexcept {
  for (const Digest& digest : new_blobs_) {
    const std::string folder = reference_.directory + "/blobs/" + folder_of(digest.algorithm()) + "/";
    ::unlink((folder + digest.hex()).c_str());
  }
}

void LayoutDestination::link_blobs() {
  // First all contents, several at the same time; then the names; then the directory once: after a power cut
  // a name never leads to a blob that is not complete.
  std::vector<const Pending*> files;
  for (const auto& [digest, pending] : pending_) files.push_back(&pending);
  StopFlag stop = false;
  run_parallel(files.size(), kSyncsAtOnce, stop,
               [&](std::size_t i) { make_durable(files[i]->file.get(), "blob"); });
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512}) {
    auto of_algorithm =
        pending_ | std::views::filter([&](const auto& p) { return p.first.algorithm() == algorithm; });
    if (of_algorithm.empty()) continue;
    make_directories(algorithm);
    const Fd directory = blob_directory(reference_.directory, algorithm);
    for (auto& [digest, pending] : of_algorithm) link_blob(directory.get(), digest, pending);
    make_durable(directory.get(), "blobs");
  }
}

std::optional<Digest> LayoutDestination::commit(const RootDescriptor& root) {
  // An image of sha512 blobs alone still needs the directory that the specification requires.
  make_directories(HashAlgorithm::kSha256);
  LayoutIndex index(reference_.directory);  // locks until the end
  check_found();
  check_replaced(index);
  std::optional<Digest> replaced;
  try {
    link_blobs();
    replaced = index.put(root, reference_.tag);
  } catch (...) {
    unlink_new_blobs();
    throw;
  }
  // The image is visible: nothing may be undone any more, even if the last fsync fails.
  pending_.clear();
  made_directories_.clear();
  index.make_durable();
  return replaced;
}

}  // namespace imgcrypt
