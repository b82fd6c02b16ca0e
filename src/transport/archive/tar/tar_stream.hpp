// A tar that goes into a pipe, which takes nothing back: each blob is kept in an unnamed file until it is
// known to be whole, and then written. So the largest blob is all that lies there, and members come in the
// order in which they are put, one at a time. Threads as TarWriter.
#pragma once

#include "transport/archive/tar/tar_writer.hpp"

#include <filesystem>
#include <mutex>
#include <set>
#include <string>

namespace imgcrypt {

class TarStream final : public TarWriter {
 public:
  // `fd` must outlive it; `what` names it in errors. `directory` is for the unnamed files.
  TarStream(int fd, std::string what, std::filesystem::path directory, NameOf name_of)
      : fd_(fd), what_(std::move(what)), directory_(std::move(directory)), name_of_(std::move(name_of)) {}

  // Contracts as in tar_writer.hpp. The plan is the order in which blobs are put. When writing has failed,
  // everything throws kOther: what came next would be taken for the rest of the member.
  void plan(const std::vector<BlobInfo>& /*blobs*/) override {}
  [[nodiscard]] bool has(const Digest& digest) override;
  Digest put(const BlobInfo& info, Source& content) override;
  void finish(const std::vector<std::pair<std::string, std::string>>& documents) override;

 private:
  void write_member(const std::string& name, std::uint64_t size, Source& content);
  // `more`: how many bytes of the member come after them.
  void write_bytes(ByteView bytes, std::uint64_t more = 0);

  int fd_;
  std::string what_;
  std::filesystem::path directory_;
  NameOf name_of_;
  std::mutex mutex_;  // of all that follows, and of the pipe
  std::set<Digest> put_;
  std::uint64_t end_ = 0;
  bool is_broken_ = false;
};

}  // namespace imgcrypt
