// A tar of blobs and documents, written into a file. Blobs go side by side, each to a region of its own; a
// member's header, which names it, is written last. The order of the members is the one that was planned,
// whoever is ready first, and what was lost on the way leaves no trace. put() and has() may be called by
// several threads.
#pragma once

#include "transport/files/range_source.hpp"
#include "transport/image_store.hpp"

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace imgcrypt {

class TarWriter {
 public:
  // The name of a blob's member. Names of one algorithm and media type must have one length.
  using NameOf = std::function<std::string(const Digest& digest, const std::string& media_type)>;

  // `fd` is an empty file, open for reading and writing, and must outlive it. `what` names it in errors.
  TarWriter(int fd, std::string what, NameOf name_of)
      : fd_(fd), what_(std::move(what)), name_of_(std::move(name_of)) {}

  // Gives these blobs their places, in this order. Others get theirs when they are put.
  void plan(const std::vector<BlobInfo>& blobs);
  // Whether a blob of that digest was put.
  [[nodiscard]] bool has(const Digest& digest);
  // As ImageDestination::put_blob. Equal blobs may be put twice; one of them is kept.
  Digest put(const BlobInfo& info, Source& content);
  // Closes the gaps of what was planned and not put, names the members, and ends the tar with `documents`,
  // names and texts, in this order. To be called once, when everything was put.
  void finish(const std::vector<std::pair<std::string, std::string>>& documents);

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
