// Image manifests and image indexes (OCI image specification, "Image Manifest" and "Image Index"; Docker's
// schema 2 has the same members). Immutable values that keep the bytes they were parsed from; an edited copy
// changes only what must change. Copies share what they hold, and cost nothing.
//
// Parsing is strict where it matters to us and to peers written in Go: members that we use may neither occur
// twice nor in another case, and a document that could be read both as manifest and as index is neither
// (CVE-2021-41190). Members that we do not use are kept and not judged.
#pragma once

#include "oci/descriptor.hpp"
#include "oci/edit.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace imgcrypt {

// What others send is refused above these, and so is what an edit would make. Registries take 4 MiB at most.
inline constexpr std::size_t kMostDocumentBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kMostLayers = 1'000;
inline constexpr std::size_t kMostManifests = 1'000;

// An image or an artifact: one config and its layers, bottom first.
class Manifest {
 public:
  // Throws kIntegrity when the text is not a manifest, kRefused beyond the limits above and those of
  // parse_descriptor() and check_json().
  static Manifest parse(std::string raw);

  // What these refer to is valid for as long as a copy of the manifest.
  [[nodiscard]] const std::string& raw() const noexcept { return content_->raw; }
  [[nodiscard]] const Descriptor& config() const noexcept { return content_->config; }
  [[nodiscard]] const std::vector<Descriptor>& layers() const noexcept { return content_->layers; }
  [[nodiscard]] const Annotations& annotations() const noexcept { return content_->annotations; }
  // Its member `mediaType`; empty where it has none, which OCI allows.
  [[nodiscard]] std::string own_media_type() const;

  // The manifest with these changes, parsed again: throws as parse(), kRefused above all when the annotations
  // of many recipients make it too large. REQUIRES: one edit for each layer.
  [[nodiscard]] Manifest edited(const DocumentEdit& edit) const;

 private:
  struct Content {
    explicit Content(std::string text);

    std::string raw;
    Descriptor config;
    std::vector<Descriptor> layers;
    Annotations annotations;
  };
  explicit Manifest(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

  std::shared_ptr<const Content> content_;
};

// The descriptors with that digest among the layers of a manifest, for searching many documents quickly: only
// these descriptors are checked, and faults elsewhere are not found. Empty when there is none, or no
// `layers`. Throws kIntegrity and kRefused for what it has to read.
[[nodiscard]] std::vector<Descriptor> find_layer(const std::string& manifest, const Digest& digest);

// A list of manifests, one for each platform, and of whatever else a builder lists there.
class Index {
 public:
  // Throws as Manifest::parse. A list that is missing is an empty one.
  static Index parse(std::string raw);

  // Valid as Manifest's.
  [[nodiscard]] const std::string& raw() const noexcept { return content_->raw; }
  [[nodiscard]] const std::vector<Descriptor>& manifests() const noexcept { return content_->manifests; }
  [[nodiscard]] const Annotations& annotations() const noexcept { return content_->annotations; }

  // The same as Manifest's.
  [[nodiscard]] std::string own_media_type() const;
  // Throws as Manifest::edited. REQUIRES: one edit for each manifest.
  [[nodiscard]] Index edited(const DocumentEdit& edit) const;

 private:
  struct Content {
    explicit Content(std::string text);

    std::string raw;
    std::vector<Descriptor> manifests;
    Annotations annotations;
  };
  explicit Index(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

  std::shared_ptr<const Content> content_;
};

}  // namespace imgcrypt
