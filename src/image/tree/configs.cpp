#include "image/tree/configs.hpp"

#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

std::string text_of(const JsonView& config, std::string_view name) {
  const auto value = config.find(name);
  return value ? value->string() : std::string();
}

ImageConfig parse_config(std::string_view text) {
  check_json(text);
  const JsonView config(text);
  ImageConfig result;
  result.platform = {text_of(config, "os"), text_of(config, "architecture"), text_of(config, "variant")};
  const auto rootfs = config.find("rootfs");
  const auto diff_ids = rootfs ? rootfs->find("diff_ids") : std::nullopt;
  if (!diff_ids) return result;
  for (const JsonView& diff_id : diff_ids->elements())
    result.diff_ids.push_back(Digest::parse(diff_id.string()));
  return result;
}

}  // namespace

std::optional<ImageConfig> Configs::of(const Manifest& manifest) {
  const Descriptor& descriptor = manifest.config();
  if (!is_image_config(descriptor.media_type)) return std::nullopt;
  const auto known = known_.find({descriptor.digest, descriptor.size});
  if (known != known_.end()) return known->second.config;
  const std::string name = "config " + descriptor.digest.string();
  if (descriptor.size > kMostDocumentBytes) throw Error(ErrorCode::kRefused, name + " is larger than 4 MiB");
  Bytes text = read_all(*source_.open(descriptor, pool_), kMostDocumentBytes, name);
  try {
    Known read{parse_config(as_text(text)), std::nullopt};
    // What does not fit is parsed and forgotten: only its bytes must be read again when it is copied.
    if (kept_ + text.size() <= kMostBytes) {
      kept_ += text.size();
      read.text = Chunk(std::move(text));
    }
    return known_.emplace(std::pair(descriptor.digest, descriptor.size), std::move(read))
        .first->second.config;
  } catch (const Error& error) {
    throw error.in(name);
  }
}

std::optional<Chunk> Configs::text(const Descriptor& config) const {
  const auto known = known_.find({config.digest, config.size});
  return known == known_.end() ? std::nullopt : known->second.text;
}

}  // namespace imgcrypt
