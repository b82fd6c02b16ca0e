#include "transport/archive/archive_output.hpp"

#include "base/process/stdout_name.hpp"
#include "base/work_time.hpp"
#include "transport/archive/tar/open_tar.hpp"
#include "transport/archive/tar/tar_file.hpp"
#include "transport/archive/tar/tar_stream.hpp"
#include "transport/files/new_place.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <system_error>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_place(const ArchiveReference& reference, const std::string& why,
                               const std::string& hint) {
  throw Error(ErrorCode::kUsage, "destination " + reference.string() + ": " + why, hint);
}

// A new archive takes the place of what a link leads to, not that of the link.
fs::path real_path(const std::string& file) {
  std::error_code failure;
  const fs::path path = fs::weakly_canonical(fs::absolute(file, failure), failure);
  return failure ? fs::path(file) : path;
}

bool has_compressed_name(const fs::path& path) {
  constexpr std::array<std::string_view, 7> kEnds = {".gz", ".tgz", ".zst", ".tzst", ".xz", ".txz", ".bz2"};
  return std::ranges::find(kEnds, path.extension().string()) != kEnds.end();
}

// Of the file that is replaced.
bool is_compressed_file(const fs::path& path) {
  std::array<char, 8> begin = {};
  std::ifstream file(path, std::ios::binary);
  file.read(begin.data(), begin.size());
  return is_compressed({begin.data(), static_cast<std::size_t>(file.gcount())});
}

}  // namespace

ArchiveOutput::ArchiveOutput(ArchiveReference reference, fs::path temporary_directory,
                             TarWriter::NameOf name_of)
    : reference_(std::move(reference)),
      path_(reference_.is_stream() ? fs::path() : real_path(reference_.file)),
      temporary_directory_(std::move(temporary_directory)),
      name_of_(std::move(name_of)) {}

bool ArchiveOutput::is_stream() const noexcept {
  std::error_code none;
  return reference_.is_stream() || fs::is_other(path_, none);
}

bool ArchiveOutput::replaces_file() const {
  std::error_code none;
  return !is_stream() && fs::exists(path_, none);
}

void ArchiveOutput::check() const {
  if (reference_.is_stream() && ::isatty(STDOUT_FILENO) == 1)
    refuse_place(reference_, "an archive cannot be written to a terminal",
                 "redirect stdout to a file or a program, or write oci-archive:FILE");
  if (is_stream()) return;
  std::error_code none;
  if (fs::is_directory(path_, none))
    refuse_place(reference_, reference_.file + " is a directory",
                 "name a file, or for an OCI image layout write oci:" + reference_.file);
  if (!fs::exists(path_, none)) require_new_place(reference_.string(), path_);
}

Fd ArchiveOutput::directory() const {
  const fs::path above = path_.parent_path();
  Fd folder(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) throw errno_error("open " + above.string());
  return folder;
}

void ArchiveOutput::lock(const Warn& warn) {
  if (is_stream()) return;
  lock_.emplace(path_, warn);
  if (warn && (has_compressed_name(path_) || is_compressed_file(path_)))
    warn(reference_.file +
         " is written without compression: imgcrypt reads compressed archives, and writes "
         "plain ones");
}

TarWriter& ArchiveOutput::writer() {
  const std::scoped_lock lock(mutex_);
  if (writer_) return *writer_;
  writer_ = is_stream() ? open_stream() : create_file();
  writer_->plan(planned_);
  return *writer_;
}

std::unique_ptr<TarWriter> ArchiveOutput::open_stream() {
  if (!reference_.is_stream()) {
    stream_ = Fd(::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!stream_.is_open()) throw errno_error("open " + path_.string());
  }
  return std::make_unique<TarStream>(stream_.is_open() ? stream_.get() : STDOUT_FILENO,
                                     stream_.is_open() ? reference_.file : stdout_name(),
                                     temporary_directory_, name_of_);
}

std::unique_ptr<TarWriter> ArchiveOutput::create_file() {
  struct stat old = {};
  const bool has_old = ::stat(path_.c_str(), &old) == 0;
  pending_ = PendingFile::create(directory(), path_.parent_path(),
                                 has_old ? old.st_mode & kNewFileMode : kNewFileMode);
  return std::make_unique<TarFile>(pending_->fd(), "write " + path_.string(), name_of_);
}

void ArchiveOutput::commit(const std::vector<std::pair<std::string, std::string>>& documents) {
  writer().finish(documents);
  if (!pending_) return;
  pending_->make_durable();
  const Fd folder = directory();
  if (lock_) lock_->require_unchanged();
  (void)pending_->link(folder, path_.filename());
  const WorkTimer timer(Work::kSync);
  if (::fsync(folder.get()) != 0) throw errno_error("fsync " + path_.parent_path().string());
}

}  // namespace imgcrypt
