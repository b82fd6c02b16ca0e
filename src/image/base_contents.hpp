// What a base image shows to everyone, for encrypt --skip-base: the bytes of its plain layers, as they are
// stored and decompressed. Its configs are not believed. For base_layers; belongs to one thread, which shares
// the work among others.
#pragma once

#include "image/reporter.hpp"
#include "image/tree/network_tries.hpp"
#include "layer/inflate/diff_id.hpp"
#include "oci/descriptor.hpp"
#include "transport/image_store.hpp"

#include <map>
#include <set>
#include <string>

namespace imgcrypt {

// Reads a plain layer to its end; `place` names it in the progress. Throws as diff_id_of and
// ImageSource::open.
[[nodiscard]] DiffId read_diff_id(ImageSource& source, const Descriptor& layer, const std::string& place,
                                  HashAlgorithm algorithm, const StopFlag& stop, Progress& progress);

class BaseContents {
 public:
  // `source` must outlive it. Throws as load_tree and diff_ids_of.
  explicit BaseContents(ImageSource& source);

  // Whether the base says of a layer that its blob, or its content, has this digest.
  [[nodiscard]] bool names(const Digest& digest) const { return named_.contains(digest); }

  // Those of `wanted` that are true: a blob that is there, or one that holds this content. All are read,
  // `jobs` at the same time. Warnings name layers that hold something else, and notes those that are to be
  // fetched from urls and are not there. Throws kNotFound for any other layer that is missing, and what
  // reading throws apart from kIntegrity and kRefused.
  [[nodiscard]] std::set<Digest> shown(const std::set<Digest>& wanted, unsigned jobs, Reporter& reporter);

 private:
  struct Layer {
    Descriptor descriptor;
    std::string place;
  };
  struct Proof {
    Digest digest;
    const Layer* layer;
    std::string failure;  // empty: it is shown
    bool is_elsewhere = false;
  };

  void prove(Proof& proof, const StopFlag& stop, Progress& progress);

  ImageSource& source_;
  std::map<Digest, std::map<Digest, Layer>> named_;  // by the digest that is said, then by that of the blob
};

}  // namespace imgcrypt
