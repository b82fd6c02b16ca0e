#include "transport/layout/pending_blob.hpp"

#include "base/stream/chunk_hash.hpp"
#include "base/work_time.hpp"
#include "transport/layout/layout_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace imgcrypt {
namespace {

// Small enough for the disk to be busy while the rest is still encrypted, large enough to be rare.
constexpr std::uint64_t kWriteBackBytes = 16 * 1024 * 1024;

// Writes through to a file and hashes what it writes.
class HashingSink final : public Sink {
 public:
  // `size` is what is expected; more is written as well.
  HashingSink(int fd, const std::string& path, HashAlgorithm algorithm, std::uint64_t size,
              std::uint64_t& written)
      : fd_(fd),
        what_("write a blob in " + path),
        hasher_(Hasher(algorithm)),
        algorithm_(algorithm),
        expected_(size),
        written_(written) {}

  void write(Chunk chunk) override {
    hasher_.update(chunk);
    const WorkTimer timer(Work::kWrite);
    const std::uint64_t with_it = written_ + chunk.size();
    write_file(fd_, chunk.view(), what_, expected_ > with_it ? expected_ - with_it : 0);
    written_ = with_it;
    if (written_ - started_ >= kWriteBackBytes) start_write_back();
  }
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
  std::string what_;
  ChunkHash<Hasher> hasher_;
  HashAlgorithm algorithm_;
  std::uint64_t expected_;
  std::uint64_t& written_;
  std::uint64_t started_ = 0;  // on their way to the disk
};

}  // namespace

PendingBlob PendingBlob::create(const Fd& directory, const std::string& path) {
  // It needs no O_EXCL, which would forbid linking it to a name.
  Fd file(::openat(directory.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666));
  if (file.is_open()) return {std::move(file), path};
  // Network file systems have no unnamed files (old kernels say EISDIR or ENOENT).
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
    throw errno_error("create a blob in " + path);
  return create_named(directory, path);
}

PendingBlob PendingBlob::create_named(const Fd& directory, const std::string& path) {
  const std::string name = temporary_name();
  Fd file(::openat(directory.get(), name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.is_open()) throw errno_error("create a blob in " + path);
  PendingBlob blob(std::move(file), path);
  blob.directory_ = Fd(::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  blob.temporary_name_ = name;
  if (!blob.directory_.is_open() || ::flock(blob.file_.get(), LOCK_EX | LOCK_NB) != 0)
    throw errno_error("create a blob in " + path);
  return blob;
}

PendingBlob::PendingBlob(PendingBlob&& other) noexcept
    : file_(std::move(other.file_)),
      path_(std::move(other.path_)),
      size_(other.size_),
      directory_(std::move(other.directory_)),
      temporary_name_(std::exchange(other.temporary_name_, {})) {}

PendingBlob& PendingBlob::operator=(PendingBlob&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(path_, other.path_);
  std::swap(size_, other.size_);
  std::swap(directory_, other.directory_);
  std::swap(temporary_name_, other.temporary_name_);
  return *this;
}

PendingBlob::~PendingBlob() { unlink_temporary(); }

void PendingBlob::unlink_temporary() noexcept {
  if (!temporary_name_.empty()) ::unlinkat(directory_.get(), temporary_name_.c_str(), 0);
  temporary_name_.clear();
}

Digest PendingBlob::write(Source& content, HashAlgorithm algorithm, std::uint64_t expected) {
  HashingSink sink(file_.get(), path_, algorithm, expected, size_);
  pump(content, sink);
  return sink.finish();
}

void PendingBlob::make_durable() const {
  const WorkTimer timer(Work::kSync);
  if (::fsync(file_.get()) != 0) throw errno_error("fsync a blob in " + path_);
}

bool PendingBlob::link(const Fd& directory, const Digest& digest) {
  if (temporary_name_.empty()) return link_unnamed(directory.get(), digest);
  // rename() replaces silently: whether the name was there decides if a failed commit may remove it.
  const bool is_free = ::faccessat(directory.get(), digest.hex().c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0;
  if (::renameat(directory.get(), temporary_name_.c_str(), directory.get(), digest.hex().c_str()) != 0)
    throw errno_error("rename blob " + digest.string() + " in " + path_);
  temporary_name_.clear();
  return is_free;
}

bool PendingBlob::link_unnamed(int directory, const Digest& digest) const {
  // linkat with AT_EMPTY_PATH would need CAP_DAC_READ_SEARCH; open(2) recommends this instead.
  const std::string source = "/proc/self/fd/" + std::to_string(file_.get());
  if (::linkat(AT_FDCWD, source.c_str(), directory, digest.hex().c_str(), AT_SYMLINK_FOLLOW) == 0)
    return true;
  if (errno != EEXIST) throw errno_error("link blob " + digest.string() + " in " + path_);
  // linkat() cannot replace, and unlinking first would leave a moment without the blob: so under a second
  // name, then rename.
  const std::string beside = temporary_name();
  if (::linkat(AT_FDCWD, source.c_str(), directory, beside.c_str(), AT_SYMLINK_FOLLOW) != 0)
    throw errno_error("replace blob " + digest.string() + " in " + path_);
  if (::renameat(directory, beside.c_str(), directory, digest.hex().c_str()) != 0) {
    const int failure = errno;
    ::unlinkat(directory, beside.c_str(), 0);
    throw errno_error("replace blob " + digest.string() + " in " + path_, failure);
  }
  return false;
}

}  // namespace imgcrypt
