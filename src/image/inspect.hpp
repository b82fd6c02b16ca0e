// The use case inspect: what an image contains and who can decrypt it, as values for a command to show. Needs
// no key and reads no layer. Texts are as the image has them: from outside, of any length, not fit for a
// terminal. What the packets say about recipients is not authenticated.
#pragma once

#include "image/tree/selection.hpp"
#include "layer/describe_recipients.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// Told by media types and annotations: no blob but the documents and configs is read.
enum class DocumentKind {
  kIndex,
  kImage,
  kAttestation,  // a manifest about another one of its index (BuildKit)
  kArtifact,     // a manifest whose config is not that of an image
  kOther,        // neither manifest nor index
  kMissing,      // the source does not hold it, e.g. one of many platforms
};

// One layer of one manifest. A problem never keeps the others from being reported.
struct LayerReport {
  Descriptor descriptor;
  std::size_t position = 0;     // in its manifest, the first being 0
  bool is_image_layer = false;  // part of the root file system, encrypted or not
  bool is_encrypted = false;
  std::vector<std::size_t> recipients;  // positions in ImageReport::recipients
  std::size_t omitted = 0;              // further recipients, beyond kMostDescribed
  std::string problem;                  // what is wrong with its annotations; mostly empty
};

// One document, and for an index those that it lists.
struct DocumentReport {
  DocumentKind kind = DocumentKind::kOther;
  Descriptor descriptor;
  std::optional<Platform> platform;   // in the descriptor, else in the image's config
  std::optional<std::string> about;   // an attestation's: the digest of the manifest, unchecked
  Annotations annotations;            // the document's own
  std::optional<Descriptor> config;   // a manifest's
  bool is_config_missing = false;     // the source does not hold it
  std::vector<LayerReport> layers;    // a manifest's
  std::vector<DocumentReport> parts;  // an index's
};

// The blobs of the image layers that are shown, those that an index lists itself included; each digest counts
// once, however often it occurs.
struct LayerTotals {
  std::size_t layers = 0;
  std::size_t encrypted = 0;
  std::uint64_t bytes = 0;
};

// Owns all that it holds; it stays valid when the source is gone.
struct ImageReport {
  DocumentReport root;
  LayerTotals totals;
  std::vector<LayerRecipient> recipients;  // each once
};

// The image without manifests of other platforms and layers at other positions; indexes keep their own
// digests. A config that is missing or damaged costs only what it would tell: the platform, and
// whether blobs of types that we do not know are layers. Throws as load_tree, choose_platforms
// and choose_layers. A child that the source lacks is kMissing, not an error.
[[nodiscard]] ImageReport inspect_image(ImageSource& source, const Selection& selection = {});

// The bytes of the root document, verified, whatever its type. Throws kNotFound when it is missing,
// kIntegrity when it is damaged, kRefused above 4 MiB.
[[nodiscard]] Bytes read_root(ImageSource& source);

// The bytes of an image's config, verified; of the one image that remains when `platforms` have been chosen
// (empty: all). Throws kUsage, naming the platforms, when several remain, kRefused when none has one; else as
// load_tree, read_root and choose_platforms.
[[nodiscard]] Bytes read_config(ImageSource& source, const std::vector<Platform>& platforms);

}  // namespace imgcrypt
