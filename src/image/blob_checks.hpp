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
  std::optional<Error> problem = std::nullopt;  // without the place
};

// Of hundreds of thousands of layers all annotations would fill the memory.
[[nodiscard]] Descriptor without_annotations(const Descriptor& blob);

class BlobChecks {
 public:
  // The entry of the blob, new or not; valid for as long as this. `keys` are null for a blob that no key
  // opens.
  CheckedBlob& need(const Descriptor& blob, const std::string& place, const SharedLayerKeys& keys);

  // Reads all of them, or with kKeys only looks whether they are there, and notes their problems. Throws
  // kCancelled.
  void check(ImageSource& source, const CheckOptions& options, Reporter& reporter);

 private:
  std::map<LayerId, CheckedBlob> blobs_;
};

}  // namespace imgcrypt
