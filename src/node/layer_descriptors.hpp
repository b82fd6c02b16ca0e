// How a layer may be encrypted: the descriptors that the manifests of a content store have for its blob.
// Anybody who can put an image into the store can put one there, so each is only a candidate, and a search is
// bounded.
#pragma once

#include "node/content_store.hpp"
#include "oci/descriptor.hpp"

#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

// A list that is made while it is walked: most often the first descriptor is the right one, and the rest of
// the store is never read. One thread at a time.
class LayerDescriptors {
 public:
  // More are never wanted: images that share a layer's ciphertext were made from one another.
  static constexpr std::size_t kMost = 64;

  // Reads nothing yet. `time` limits the search as a whole, not counting what happens between calls of
  // next().
  LayerDescriptors(ContentStore store, Digest layer, SearchClock::duration time = kMostSearchTime)
      : store_(std::move(store)), layer_(std::move(layer)), time_left_(time) {}

  // The next descriptor of the layer that has annotations of encryption: from the newest document on, but
  // from those of more than 256 KiB last, as most of them are layers; nullopt when all that the store holds
  // now were given, or a limit was reached. Asked again after that, it looks for what was written since. No
  // two descriptors mean the same: media type, size and annotations of encryption tell them apart. A document
  // that is not a manifest, or is larger than kMostDocumentBytes, or cannot be read, is passed over. Throws
  // kCancelled.
  [[nodiscard]] std::optional<Descriptor> next();

  // Why there may be more: a limit that was reached, as BlobList::cut_short or "the search ended after 64
  // descriptors", or what the system refused to open, "FILE: Too many open files"; empty when all were given.
  [[nodiscard]] const std::string& cut_short() const noexcept {
    return cut_short_.empty() ? refusal_ : cut_short_;
  }

  [[nodiscard]] const ContentStore& store() const noexcept { return store_; }
  [[nodiscard]] const Digest& layer() const noexcept { return layer_; }

 private:
  // A file that may be a manifest. Small, as there are thousands.
  struct Document {
    bool is_large = false;
    timespec modified = {};
    std::size_t listed = 0;  // where in listed_ its path is
  };

  // As next(), without the account of time. `start` is when this call of next() began.
  std::optional<Descriptor> advance(SearchClock::time_point start);
  // Ends the search for good, for this reason. Returns nullopt.
  std::optional<Descriptor> end(std::string limit);
  // REQUIRES: documents_ is empty, as listed_ is sorted anew.
  void list_new_documents(SearchClock::time_point deadline);

  ContentStore store_;
  Digest layer_;
  SearchClock::duration time_left_;
  std::string cut_short_;
  std::string refusal_;                  // of the last document that could not be opened
  bool is_over_ = false;                 // nothing more will be given
  std::vector<std::string> listed_;      // paths that need not be looked at again: blobs never change
  std::vector<Document> documents_;      // to be read, the next one last
  std::vector<Descriptor> in_document_;  // of the document read last, the next one last
  std::set<Digest> given_;               // what tells each descriptor apart, hashed
};

}  // namespace imgcrypt
