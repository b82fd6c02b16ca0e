// Whether a node can open an image: doctor REF. For the main thread.
#pragma once

#include "image/reporter.hpp"
#include "node/examine/examined_containerd.hpp"
#include "transport/image_store.hpp"

#include <string>

namespace imgcrypt::cli {

// `name` is what the user calls the image. Reads its documents, and no layer. Throws as check_image where
// they cannot be read.
[[nodiscard]] Findings examine_image(const ExaminedContainerd& containerd, ImageSource& image,
                                     const std::string& name, Reporter& reporter);
// The same for the CRI-O of the node whose root is `root`.
[[nodiscard]] Findings examine_image_for_crio(const std::string& root, ImageSource& image,
                                              const std::string& name, Reporter& reporter);

}  // namespace imgcrypt::cli
