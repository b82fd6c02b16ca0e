// A file that is being written: without its final name until it is linked. Where the file system allows, it
// has no name at all, and goes with the process, even after SIGKILL; else a temporary one, which goes with
// this object, or is swept by the next writer. Belongs to one thread at a time.
#pragma once

#include "base/process/fd.hpp"

#include <sys/types.h>

#include <string>
#include <string_view>

namespace imgcrypt {

// How the names of files begin that a writer has not finished. LayoutLock sweeps those of dead writers.
inline constexpr std::string_view kTemporaryPrefix = ".imgcrypt-";

// That prefix and 128 random bits, so that no two writers choose the same name, on whatever machine.
[[nodiscard]] std::string temporary_name();

inline constexpr mode_t kNewFileMode = 0666;

class PendingFile {
 public:
  // In this directory; `path` is what errors call it. `mode` is narrowed by the umask. Throws kOther.
  static PendingFile create(const Fd& directory, const std::string& path, mode_t mode = kNewFileMode);
  // With a temporary name in any case, as network file systems need it. The lock on the file tells a sweeper
  // that its writer lives; the system releases it with the process, however that ends.
  static PendingFile create_named(const Fd& directory, const std::string& path, mode_t mode = kNewFileMode);

  PendingFile(PendingFile&& other) noexcept;
  PendingFile& operator=(PendingFile&& other) noexcept;
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;
  ~PendingFile();

  [[nodiscard]] int fd() const noexcept { return file_.get(); }
  void make_durable() const;
  // Gives it its name in the directory that it was created in. What has that name already is not trusted:
  // this one, known to be whole, takes its place, its owner and its mode. Returns whether the name was free.
  // Throws kOther, and then has changed nothing.
  [[nodiscard]] bool link(const Fd& directory, const std::string& name);

 private:
  PendingFile(Fd file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  void take_after(int directory, const std::string& name) const;
  [[nodiscard]] bool link_unnamed(int directory, const std::string& name) const;
  void unlink_temporary() noexcept;

  Fd file_;
  std::string path_;
  Fd directory_;                // open only for a temporary name
  std::string temporary_name_;  // empty for an unnamed file
};

}  // namespace imgcrypt
