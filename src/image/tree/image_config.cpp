#include "image/tree/image_config.hpp"

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

std::optional<ImageConfig> read_image_config(ImageSource& source, const Manifest& manifest) {
  const Descriptor& config = manifest.config();
  if (!is_image_config(config.media_type)) return std::nullopt;
  const std::string name = "config " + config.digest.string();
  if (config.size > kMostDocumentBytes) throw Error(ErrorCode::kRefused, name + " is larger than 4 MiB");
  ChunkPool pool;
  const auto blob = source.open(config, pool);
  const Bytes text = read_all(*blob, kMostDocumentBytes, name);
  try {
    return parse_config(as_text(text));
  } catch (const Error& error) {
    throw error.in(name);
  }
}

}  // namespace imgcrypt
