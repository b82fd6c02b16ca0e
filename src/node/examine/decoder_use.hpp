// How a containerd decrypts: which stream processors are in force, its defaults included, and what they tell
// the decoder. Pure functions over values.
#pragma once

#include "node/examine/examined_containerd.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// The compressions of layers, as their encrypted media types name them: "tar", "tar+gzip", "tar+zstd".
[[nodiscard]] const std::vector<std::string>& layer_compressions();
// "application/vnd.oci.image.layer.v1.tar+gzip+encrypted" of "tar+gzip".
[[nodiscard]] std::string encrypted_layer_type(std::string_view compression);

// Those of its configuration, and the two of containerd's defaults that it does not replace by name.
[[nodiscard]] std::vector<StreamProcessor> processors_in_force(const ContainerdConfig& config);

// One way in which the decoder is started. Paths are as containerd sees them.
struct DecoderUse {
  std::string path;             // without a slash it is looked for in containerd's PATH
  std::string keys;             // directory
  std::string provider_config;  // empty: none is named
  bool is_unconfined = false;   // --sandbox=off

  bool operator==(const DecoderUse&) const = default;
};

// Of the processors for encrypted layers, each once.
[[nodiscard]] std::vector<DecoderUse> decoder_uses(const ContainerdConfig& config);

// Whether each kind of layer has one processor, and no more.
[[nodiscard]] Findings examine_processors(const ExaminedContainerd& containerd);

}  // namespace imgcrypt
