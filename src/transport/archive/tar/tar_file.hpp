// A tar in a file. Blobs go side by side, each to a region of its own; a member's header, which names it, is
// written last. What was lost on the way leaves no trace. Threads as TarWriter.
#pragma once

#include "transport/archive/tar/tar_writer.hpp"

#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace imgcrypt {

class TarFile final : public TarWriter {
 public:
  // `fd` is an empty file, open for reading and writing, and must outlive it. `what` names it in errors.
  TarFile(int fd, std::string what, NameOf name_of)
      : fd_(fd), what_(std::move(what)), name_of_(std::move(name_of)) {}

  // Contracts as in tar_writer.hpp. finish() closes the gaps of what was planned and not put.
  void plan(const std::vector<BlobInfo>& blobs) override;
  [[nodiscard]] bool has(const Digest& digest) override;
  Digest put(const BlobInfo& info, Source& content) override;
  void finish(const std::vector<std::pair<std::string, std::string>>& documents) override;

 private:
  enum class State { kFree, kTaken, kWhole };
  struct Place {
    BlobInfo info;
    std::uint64_t header_size = 0;
    std::uint64_t content = 0;  // its offset
    State state = State::kFree;
    std::optional<Digest> digest;
  };

  Place& add_place(const BlobInfo& info);
  Place& take_place(const BlobInfo& info);
  void move_content(const Place& place, std::uint64_t to) const;

  int fd_;
  std::string what_;
  NameOf name_of_;
  std::mutex mutex_;          // of all that follows
  std::deque<Place> places_;  // in the order of their offsets; a deque, so that they stay where they are
  std::uint64_t end_ = 0;
  std::set<Digest> put_;
};

}  // namespace imgcrypt
