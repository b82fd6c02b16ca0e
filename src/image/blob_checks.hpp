// The blobs that check_image() looks at, each once however often it occurs, and what was found. For one
// thread, which shares the work among others.
#pragma once

#include "image/change/layer_check.hpp"
#include "image/check.hpp"
#include "image/tree/layer_id.hpp"

#include <imgcrypt/error.hpp>

#include <map>
#include <optional>
#include <string>

namespace imgcrypt {

struct CheckedBlob {
  LayerToCheck check;
  std::optional<Error> problem = std::nullopt;         // without the place
  std::optional<LayerContent> content = std::nullopt;  // what it turned out to hold
};

class BlobChecks {
 public:
  // The entry of the blob, new or not; valid for as long as this. `keys` are null for a blob that no key
  // opens.
  CheckedBlob& need(const Descriptor& blob, const std::string& place, const SharedLayerKeys& keys);

  // Reads all of them, or with kKeys only looks whether they are there, and keeps their problems. `notes` get
  // what is no problem. Throws
  // kCancelled.
  void check(ImageSource& source, const CheckOptions& options, ContentNotes& notes, Progress& progress);

 private:
  std::map<LayerId, CheckedBlob> blobs_;
};

}  // namespace imgcrypt
