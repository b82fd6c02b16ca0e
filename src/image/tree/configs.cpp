#include "image/tree/configs.hpp"

#include "image/tree/read_document.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

std::vector<Digest> parse_diff_ids(const JsonView& config) {
  const auto rootfs = config.find("rootfs");
  const auto list = rootfs ? rootfs->find("diff_ids") : std::nullopt;
  std::vector<Digest> diff_ids;
  if (!list) return diff_ids;
  const auto elements = list->elements();
  if (elements.size() > kMostLayers)
    throw Error(ErrorCode::kRefused, "more than " + std::to_string(kMostLayers) + " diff_ids");
  for (const JsonView& diff_id : elements) {
    try {
      diff_ids.push_back(Digest::parse(diff_id.string()));
    } catch (const Error& error) {
      throw error.in("diff_ids[" + std::to_string(diff_ids.size()) + "]");
    }
  }
  return diff_ids;
}

ImageConfig parse_config(std::string_view text) {
  // The mark stays in the config, which is copied byte for byte; nothing that we read differs without it.
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  check_json(text);
  const JsonView config(text);
  ImageConfig parsed{parse_platform_object(config), {}};
  try {
    parsed.diff_ids = parse_diff_ids(config);
  } catch (const Error& error) {
    parsed.diff_ids_problem = error;
  }
  return parsed;
}

// What would happen again with every manifest that names the config. Others may be better next time.
bool is_lasting(const Error& error) {
  return error.code() == ErrorCode::kNotFound || error.code() == ErrorCode::kIntegrity ||
         error.code() == ErrorCode::kRefused;
}

}  // namespace

std::optional<ImageConfig> Configs::of(const Manifest& manifest) {
  const Known& known = read(manifest.config());
  if (is_image_config(manifest.config().media_type)) {
    if (known.failure) throw Error(*known.failure);
    return known.config;
  }
  // Runtimes do not ask for the type: with another one the diff_ids would escape every comparison.
  return known.config.diff_ids.empty() ? std::nullopt : std::optional(known.config);
}

const Configs::Known& Configs::read(const Descriptor& descriptor) {
  const auto [at, is_new] = known_.try_emplace({descriptor.digest, descriptor.size});
  Known& known = at->second;
  if (!is_new) return known;
  const std::string name = "config " + descriptor.digest.string();
  try {
    Bytes text = read_document(source_, descriptor, name);
    try {
      known.config = parse_config(as_text(text));
      if (auto& problem = known.config.diff_ids_problem) problem = problem->in(name);
    } catch (const Error& error) {
      throw error.in(name);
    }
    // What does not fit is parsed and forgotten: only its bytes must be read again when it is copied.
    if (kept_ + text.size() <= kMostBytes) {
      kept_ += text.size();
      known.text = Chunk(std::move(text));
    }
  } catch (const Error& error) {
    if (!is_lasting(error)) {
      known_.erase(at);
      throw;
    }
    known.failure = error;
  }
  return known;
}

std::optional<Chunk> Configs::text(const Descriptor& config) const {
  const auto known = known_.find({config.digest, config.size});
  return known == known_.end() ? std::nullopt : known->second.text;
}

}  // namespace imgcrypt
