// What may say how the layer is encrypted, as the trial asks for it: one descriptor after the other.
#pragma once

#include "node/layer_descriptors.hpp"

#include <optional>
#include <string>

namespace imgcrypt::streamproc {

// One thread at a time.
class Candidates {
 public:
  // The payload's descriptor and no other.
  explicit Candidates(Descriptor of_payload) : of_payload_(std::move(of_payload)) {}
  // Those of the store. Manifests may be written after their layers, so the first is waited for, `patience`
  // at most.
  explicit Candidates(LayerDescriptors in_store, SearchClock::duration patience = kMostSearchTime)
      : in_store_(std::move(in_store)), patience_(patience) {}

  // The next; nullopt after the last. Throws kNotFound, with a hint, when there is not even a first;
  // kCancelled.
  [[nodiscard]] std::optional<Descriptor> next();

  // " (the search ended after ...)" when there may be more than were given, else empty: the end of a message.
  [[nodiscard]] std::string cut_short() const;

 private:
  [[nodiscard]] std::optional<Descriptor> wait_for_first();

  std::optional<Descriptor> of_payload_;
  std::optional<LayerDescriptors> in_store_;
  SearchClock::duration patience_{};
  bool is_first_ = true;
};

}  // namespace imgcrypt::streamproc
