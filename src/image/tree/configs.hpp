// The configs of an image's manifests (OCI image specification, "Image Configuration"), each read from the
// store once per command, however often it is asked for: on a registry each read is a request. One thread at
// a time calls of(); text() may be called by several once that is over.
#pragma once

#include "oci/manifest.hpp"
#include "transport/image_store.hpp"

#include <imgcrypt/error.hpp>

#include <map>
#include <optional>
#include <vector>

namespace imgcrypt {

// The parts of a config that matter here.
struct ImageConfig {
  Platform platform;             // its parts may be empty
  std::vector<Digest> diff_ids;  // `rootfs.diff_ids`: digests of the decompressed layers, bottom first
  // Why there are none that can be compared, e.g. for an algorithm that we do not have. An error only for
  // whoever has to compare.
  std::optional<Error> diff_ids_problem = std::nullopt;
};

// A cache for one source. It never looks at the source again for a config that it has read, nor for one that
// is missing or damaged: the failure is remembered, and of() throws it each time.
class Configs {
 public:
  // `source` must outlive it.
  explicit Configs(ImageSource& source) : source_(source) {}

  // The config, if its media type is that of an image's config; whether it lists any diff_ids is for the
  // caller to see. A config of another type counts as well if it lists diff_ids, as runtimes would go by
  // them; else nullopt, the manifest being an artifact's, whatever is wrong with it. Throws kNotFound when an
  // image's config is missing; kIntegrity when it is damaged, or a part of its platform is malformed;
  // kRefused above 4 MiB, and beyond the limits of parse_platform_object().
  [[nodiscard]] std::optional<ImageConfig> of(const Manifest& manifest);

  // The bytes of a config that of() has read and verified; nullopt for others. At most kMostBytes of all
  // configs are kept, so that an image with very many of them does not fill the memory: the rest must be read
  // again.
  [[nodiscard]] std::optional<Chunk> text(const Descriptor& config) const;

  static constexpr std::size_t kMostBytes = std::size_t{32} * 1024 * 1024;

 private:
  struct Known {
    ImageConfig config;
    std::optional<Error> failure;  // then `config` is empty
    std::optional<Chunk> text;
  };

  // Reads it if it is not known yet. Throws what is no property of the config.
  const Known& read(const Descriptor& descriptor);

  ImageSource& source_;
  std::map<std::pair<Digest, std::uint64_t>, Known> known_;  // by digest and size
  std::size_t kept_ = 0;                                     // bytes
};

}  // namespace imgcrypt
