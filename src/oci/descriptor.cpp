#include "oci/descriptor.hpp"

#include "base/text/encoding.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

// The names, or how they begin, of the annotations that this program acts on.
constexpr std::array<std::string_view, 5> kUsedAnnotations = {
    "org.opencontainers.image.enc.", "org.opencontainers.image.ref.name", "dev.imgcrypt.",
    "vnd.docker.reference.", "io.containerd.image.name"};

bool is_used(const std::string& name) {
  return std::ranges::any_of(kUsedAnnotations, [&](std::string_view used) { return name.starts_with(used); });
}

std::string string_or_empty(const JsonView& object, std::string_view name, std::size_t most) {
  const auto value = object.find(name);
  std::string text = value ? value->string() : std::string();
  if (text.size() <= most) return text;
  throw Error(ErrorCode::kRefused,
              "member \"" + std::string(name) + "\" is longer than " + std::to_string(most) + " bytes");
}

Digest parse_digest(const JsonView& value) {
  try {
    return Digest::parse(value.string());
  } catch (const Error& error) {
    throw error.in("member \"digest\"");
  }
}

}  // namespace

std::string Platform::string() const {
  std::string name = os;
  if (!os_version.empty()) name += "(" + os_version + ")";
  for (const std::string& part : {architecture, variant}) {
    if (!part.empty()) name += (name.empty() ? "" : "/") + part;
  }
  return name;
}

std::string parse_media_type(const JsonView& object) {
  return string_or_empty(object, "mediaType", kMostMediaTypeBytes);
}

Platform parse_platform_object(const JsonView& object) {
  return {string_or_empty(object, "os", kMostPlatformPartBytes),
          string_or_empty(object, "architecture", kMostPlatformPartBytes),
          string_or_empty(object, "variant", kMostPlatformPartBytes),
          string_or_empty(object, "os.version", kMostPlatformPartBytes)};
}

Descriptor parse_descriptor(const JsonView& object) {
  const auto urls = object.find("urls");
  const auto platform = object.find("platform");
  Descriptor descriptor{parse_media_type(object),
                        parse_digest(object.get("digest")),
                        object.get("size").unsigned_integer(),
                        parse_annotations(object.find("annotations")),
                        platform ? std::optional(parse_platform_object(*platform)) : std::nullopt,
                        urls && !urls->elements().empty(),
                        object.find("data").has_value()};
  if (descriptor.size > kMostLayerBytes) {
    throw Error(ErrorCode::kRefused, "blob " + descriptor.digest.string() + " is larger than 1 TiB");
  }
  return descriptor;
}

Annotations parse_annotations(const std::optional<JsonView>& object) {
  Annotations annotations;
  if (!object) return annotations;
  for (const auto& [key, value] : object->members()) {
    std::string name = key.lenient_string();
    if (is_used(name)) {
      if (!annotations.emplace(key.string(), value.string()).second)
        throw Error(ErrorCode::kIntegrity, "annotation \"" + name + "\" occurs twice");
    } else {
      // As Go reads them, which does not tell null from an empty text, and of two takes the last.
      annotations[std::move(name)] = value.is_null() ? std::string() : value.lenient_string();
    }
  }
  return annotations;
}

bool embeds_other_content(const JsonView& object) {
  const auto data = object.find("data");
  if (!data) return false;
  const Descriptor descriptor = parse_descriptor(object);
  const bool is_text = data->kind() == JsonView::Kind::kString;
  const auto content = is_text ? decode_base64(data->lenient_string(), Base64::kStandard) : std::nullopt;
  return !content || content->size() != descriptor.size ||
         Digest::of(*content, descriptor.digest.algorithm()) != descriptor.digest;
}

}  // namespace imgcrypt
