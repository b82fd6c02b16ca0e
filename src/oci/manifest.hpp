// Image manifests and image indexes (OCI image specification). Immutable values that keep the bytes they were
// parsed from; an edited copy changes only what must change.
#pragma once

#include "oci/descriptor.hpp"
#include "oci/edit.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

inline constexpr std::size_t kMostDocumentBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kMostLayers = 1'000;
inline constexpr std::size_t kMostManifests = 1'000;

class Manifest {
 public:
  // Throws kIntegrity for what is no manifest, kRefused beyond the limits.
  static Manifest parse(std::string raw);

  [[nodiscard]] const std::string& raw() const noexcept { return raw_; }
  [[nodiscard]] const Descriptor& config() const noexcept { return config_; }
  [[nodiscard]] const std::vector<Descriptor>& layers() const noexcept { return layers_; }
  [[nodiscard]] const Annotations& annotations() const noexcept { return annotations_; }
  // Its member `mediaType`; empty where it has none.
  [[nodiscard]] std::string own_media_type() const;

  // REQUIRES: one edit for each layer.
  [[nodiscard]] Manifest edited(const DocumentEdit& edit) const;

 private:
  explicit Manifest(std::string raw);

  std::string raw_;
  Descriptor config_;
  std::vector<Descriptor> layers_;
  Annotations annotations_;
};

// The descriptors of that digest among the layers of a manifest, for whoever looks through many documents:
// throws as Manifest::parse, but finds no faults in the rest of it.
[[nodiscard]] std::vector<Descriptor> find_layer(const std::string& manifest, const Digest& digest);

class Index {
 public:
  static Index parse(std::string raw);  // throws as Manifest::parse

  [[nodiscard]] const std::string& raw() const noexcept { return raw_; }
  [[nodiscard]] const std::vector<Descriptor>& manifests() const noexcept { return manifests_; }
  [[nodiscard]] const Annotations& annotations() const noexcept { return annotations_; }

  [[nodiscard]] std::string own_media_type() const;  // as Manifest's
  // REQUIRES: one edit for each manifest.
  [[nodiscard]] Index edited(const DocumentEdit& edit) const;

 private:
  explicit Index(std::string raw);

  std::string raw_;
  std::vector<Descriptor> manifests_;
  Annotations annotations_;
};

}  // namespace imgcrypt
