#include "image/check.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostNamed = 16;  // layers in one message

// "layer 0 of linux/amd64, layer 1 of linux/amd64 and 30 more"
std::string plain_layers(const CheckResult& result) {
  std::string names;
  std::size_t count = 0;
  for (const auto* layers : {&result.layers, &result.passed_over}) {
    for (const CheckedLayer& layer : *layers) {
      if (layer.state == LayerState::kPlain && count++ < kMostNamed)
        names += (names.empty() ? "" : ", ") + layer.place;
    }
  }
  return count <= kMostNamed ? names : names + " and " + std::to_string(count - kMostNamed) + " more";
}

// Why `encrypt` would leave it as it is; nullopt of one that it encrypts.
std::optional<std::string> why_it_stays(const CheckedLayer& layer) {
  if (layer.is_listed_by_index)
    return "a layer that an index lists cannot be encrypted: build an image with a manifest that lists it";
  if (is_foreign(layer.layer)) {
    return "a layer that is non-distributable and has urls cannot be encrypted, as everyone fetches it from "
           "there: build the image without such a layer";
  }
  if (is_image_layer(layer.layer)) return std::nullopt;
  const std::string& type = layer.layer.media_type;
  return "a layer " + (type.empty() ? "without a media type" : "of type " + type) +
         " cannot be encrypted: build the image with layers of OCI's or Docker's types";
}

// What to do about the layers that are not encrypted.
std::string how_to_encrypt(const CheckResult& result) {
  if (result.counts().plain == 0) return "the image has no layer that can be encrypted";
  for (const auto* layers : {&result.layers, &result.passed_over}) {
    for (const CheckedLayer& layer : *layers) {
      if (layer.state != LayerState::kPlain) continue;
      if (const auto why = why_it_stays(layer)) return *why;
    }
  }
  return "imgcrypt encrypt SRC DST -r RECIPIENT encrypts all layers";
}

}  // namespace

std::string description(LayerState state) {
  switch (state) {
    case LayerState::kOpens:
      return "encrypted, a key opens it";
    case LayerState::kLocked:
      return "encrypted, locked";
    case LayerState::kEncrypted:
      return "encrypted";
    case LayerState::kPlain:
      return "not encrypted";
    case LayerState::kNotALayer:
      return "not an image layer";
  }
  return {};
}

std::size_t CheckResult::count(LayerState state) const {
  return static_cast<std::size_t>(std::ranges::count(layers, state, &CheckedLayer::state));
}

std::size_t CheckResult::encrypted() const {
  return count(LayerState::kOpens) + count(LayerState::kLocked) + count(LayerState::kEncrypted);
}

LayerCounts CheckResult::counts() const {
  LayerCounts counts;
  for (const auto* of : {&layers, &passed_over}) {
    for (const CheckedLayer& layer : *of) {
      if (layer.state == LayerState::kPlain) ++counts.plain;
      if (layer.state != LayerState::kPlain && layer.state != LayerState::kNotALayer) ++counts.encrypted;
    }
  }
  return counts;
}

void CheckResult::for_each_problem(const std::function<void(const Error&)>& visit) const {
  std::ranges::for_each(other_problems, visit);
  for (const CheckedLayer& layer : layers) {
    if (layer.problem) visit(layer.problem->in(layer.place));
  }
}

// What is missing may explain what is damaged, and damage why no key opens it: the cause comes first.
std::optional<Error> worst_problem(const CheckResult& result) {
  constexpr std::array kOrder = {ErrorCode::kNotFound, ErrorCode::kIntegrity, ErrorCode::kRegistry,
                                 ErrorCode::kNetwork,  ErrorCode::kProvider,  ErrorCode::kUsage,
                                 ErrorCode::kNoKey};
  const auto rank = [&](const Error& error) { return std::ranges::find(kOrder, error.code()); };
  std::optional<Error> worst;
  result.for_each_problem([&](const Error& problem) {
    if (!worst || rank(problem) < rank(*worst)) worst = problem;
  });
  return worst;
}

void require_encrypted(const CheckResult& result) {
  const std::string plain = plain_layers(result);
  if (plain.empty() && result.counts().encrypted > 0) return;
  throw Error(ErrorCode::kRefused,
              plain.empty() ? "the image has no encrypted layer" : "not encrypted: " + plain,
              how_to_encrypt(result));
}

}  // namespace imgcrypt
