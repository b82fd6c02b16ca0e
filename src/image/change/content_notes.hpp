// What a user should know of the content of layers and of their packets, though it is no damage: gathered
// while they are worked on, and said once for all of them. Used where layers are changed or checked. Owned by
// the use case; layers may be added by several threads, also one that is read again.
#pragma once

#include "image/reporter.hpp"
#include "layer/inflate/diff_id.hpp"
#include "layer/inflate/inflating_source.hpp"

#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace imgcrypt {

class ContentNotes {
 public:
  // A plain layer's media type and what its first bytes show. Kept if they disagree, such as gzip in a plain
  // tar, and the type is one that we know. Never an error: the diff_id decides.
  void add_compression(const std::string& place, std::string_view media_type, Compression found);
  // Kept if there are trailing bytes.
  void add_trailing_bytes(const std::string& place, const DiffId& found);
  // Those that got a new packet in the place of the one that they had (JoinedPackets::renewed).
  void add_renewed(const std::set<std::string>& recipients);
  // To be called when all layers have been read.
  void say(Reporter& reporter) const;

 private:
  std::mutex mutex_;
  std::set<std::string> compressions_;  // one line for each layer
  std::set<std::string> trailing_bytes_;
  std::set<std::string> renewed_;
};

}  // namespace imgcrypt
