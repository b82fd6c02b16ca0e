// What an image consists of, and who can read it, as values that a command shows. No key is needed, and no
// layer is read. Texts are as the image has them: from outside, of any length, not fit for a terminal.
#pragma once

#include "image/tree/selection.hpp"
#include "layer/describe_recipients.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

enum class DocumentKind {
  kIndex,
  kImage,
  kAttestation,  // a manifest about another one of its index
  kArtifact,     // a manifest whose config is not that of an image
  kOther,        // neither manifest nor index
  kMissing,      // the source does not hold it
};

struct LayerReport {
  Descriptor descriptor;
  std::size_t position = 0;     // in its manifest, the first being 0
  bool is_image_layer = false;  // of a root file system, encrypted or not
  bool is_encrypted = false;
  std::vector<std::size_t> recipients;  // by their places in ImageReport's list
  std::size_t omitted = 0;              // recipients beyond those
  std::string problem;                  // what is wrong with its encryption; mostly empty
};

struct DocumentReport {
  DocumentKind kind = DocumentKind::kOther;
  Descriptor descriptor;
  std::optional<Platform> platform;   // of the descriptor, else of the image's config
  std::optional<std::string> about;   // an attestation's: the digest of the manifest
  Annotations annotations;            // the document's own
  std::optional<Descriptor> config;   // a manifest's
  std::vector<LayerReport> layers;    // a manifest's
  std::vector<DocumentReport> parts;  // an index's
};

// Of the blobs of image layers that are shown, each once.
struct LayerTotals {
  std::size_t layers = 0;
  std::size_t encrypted = 0;
  std::uint64_t bytes = 0;
};

struct ImageReport {
  DocumentReport root;
  LayerTotals totals;
  std::vector<LayerRecipient> recipients;  // each once
};

// Without the manifests of other platforms and the layers at other positions. Throws as load_tree,
// choose_platforms and choose_layers.
[[nodiscard]] ImageReport inspect_image(ImageSource& source, const Selection& selection = {});

// The bytes of the root document. Throws kNotFound when it is missing, kIntegrity when it is damaged,
// kRefused beyond 4 MiB.
[[nodiscard]] Bytes read_root(ImageSource& source);

// The bytes of the config of the one image that there is, or of that for a platform. Throws kUsage, naming
// the platforms, when there are several; else as read_root and choose_platforms.
[[nodiscard]] Bytes read_config(ImageSource& source, const std::vector<Platform>& platforms);

}  // namespace imgcrypt
