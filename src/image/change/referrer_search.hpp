// Which documents of an image something may refer to, and what does.
#pragma once

#include "image/tree/tree.hpp"
#include "transport/image_store.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace imgcrypt {

struct Subjects {
  std::vector<Descriptor> documents;          // of the source, each once
  std::vector<Descriptor> before_encryption;  // what they were, as they record it
};

// The source's root, and the documents of `chosen`.
[[nodiscard]] Subjects subjects_of(const ImageSource& source, const ImageNode& chosen);

// A referrer that is listed for two documents is found once. For one thread; `source` must outlive it.
class ReferrerSearch {
 public:
  // What the image lists itself, e.g. the attestations of its index, is not beside it.
  ReferrerSearch(ImageSource& source, const ImageNode& chosen);

  // Those of one document that were not found before. Throws as ImageSource::referrers, and kRefused when
  // there are too many.
  [[nodiscard]] std::vector<Referrer> of(const Descriptor& subject);

 private:
  ImageSource& source_;
  std::set<std::pair<Digest, std::string>> seen_;  // by tag too: one artifact may serve two images
  std::size_t count_ = 0;
};

}  // namespace imgcrypt
