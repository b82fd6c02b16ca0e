#include "oci/descriptor.hpp"

namespace imgcrypt {
namespace {

std::string string_or_empty(const JsonView& object, std::string_view name) {
  const auto value = object.find(name);
  return value ? value->string() : std::string();
}

std::optional<Platform> parse_platform(const std::optional<JsonView>& object) {
  if (!object) return std::nullopt;
  return Platform{string_or_empty(*object, "os"), string_or_empty(*object, "architecture"),
                  string_or_empty(*object, "variant")};
}

}  // namespace

std::string Platform::string() const {
  std::string name;
  for (const std::string& part : {os, architecture, variant}) {
    if (!part.empty()) name += (name.empty() ? "" : "/") + part;
  }
  return name;
}

Descriptor parse_descriptor(const JsonView& object) {
  const auto urls = object.find("urls");
  Descriptor descriptor{
      string_or_empty(object, "mediaType"),    Digest::parse(object.get("digest").string()),
      object.get("size").unsigned_integer(),   parse_annotations(object.find("annotations")),
      parse_platform(object.find("platform")), urls && !urls->elements().empty(),
      object.find("data").has_value()};
  if (descriptor.size > kMostLayerBytes) {
    throw Error(ErrorCode::kRefused, "blob " + descriptor.digest.string() + " is larger than 1 TiB");
  }
  return descriptor;
}

Annotations parse_annotations(const std::optional<JsonView>& object) {
  Annotations annotations;
  if (!object) return annotations;
  for (const JsonMember& member : object->members()) annotations[member.key.string()] = member.value.string();
  return annotations;
}

}  // namespace imgcrypt
