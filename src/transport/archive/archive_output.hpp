// Where an archive is written: beside its file, which is replaced as a whole when everything is there, or to
// stdout, blob after blob. put() of the writer may be called by several threads.
#pragma once

#include "transport/archive/archive_lock.hpp"
#include "transport/archive/archive_reference.hpp"
#include "transport/archive/tar/tar_writer.hpp"
#include "transport/files/pending_file.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imgcrypt {

class ArchiveOutput {
 public:
  // Creates nothing yet. `name_of` names the members.
  ArchiveOutput(ArchiveReference reference, std::filesystem::path temporary_directory,
                TarWriter::NameOf name_of);

  // Throws kUsage when there can be no file of that name, and for a terminal.
  void check() const;
  // Before the file is read for the last time: until the end no other writer of ours replaces it. Nothing for
  // a stream. Throws as ArchiveLock.
  void lock(const Warn& warn);
  // Whether there is a file that would be replaced.
  [[nodiscard]] bool replaces_file() const;
  // Gives the blobs their places when the file is created.
  void plan(std::vector<BlobInfo> blobs) { planned_ = std::move(blobs); }
  // Created at the first call; opens a pipe, which waits for its reader. Throws kOther.
  [[nodiscard]] TarWriter& writer();
  // Finishes the tar. A file is made visible and durable; before, nothing is. Throws as TarWriter::finish,
  // and kOther, also when another program changed the old file since lock(); then the old file is there as it
  // was, and a stream is not an archive.
  void commit(const std::vector<std::pair<std::string, std::string>>& documents);

  // Of "-", and of a file that cannot be replaced, such as a pipe.
  [[nodiscard]] bool is_stream() const noexcept;

 private:
  [[nodiscard]] std::unique_ptr<TarWriter> open_stream();
  [[nodiscard]] std::unique_ptr<TarWriter> create_file();
  [[nodiscard]] Fd directory() const;

  ArchiveReference reference_;
  std::filesystem::path path_;  // links followed
  std::filesystem::path temporary_directory_;
  TarWriter::NameOf name_of_;
  std::vector<BlobInfo> planned_;
  std::mutex mutex_;  // of what follows
  std::optional<ArchiveLock> lock_;
  std::optional<PendingFile> pending_;
  Fd stream_;  // of a pipe that has a name
  std::unique_ptr<TarWriter> writer_;
};

}  // namespace imgcrypt
