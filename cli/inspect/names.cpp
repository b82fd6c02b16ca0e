#include "cli/inspect/names.hpp"

#include "base/bytes.hpp"
#include "cli/terminal/text.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kShortHex = 12;     // digits, as Docker shortens digests
constexpr std::size_t kLongestType = 48;  // characters; a type is any text that the image's maker chose

std::string shown(const std::string& type) {
  return visible(shortened(type, kLongestType), Characters::kAscii);
}

}  // namespace

std::string_view word_of(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kIndex:
      return "index";
    case DocumentKind::kImage:
      return "image";
    case DocumentKind::kAttestation:
      return "attestation";
    case DocumentKind::kArtifact:
      return "artifact";
    case DocumentKind::kOther:
      return "other";
    case DocumentKind::kMissing:
      return "missing";
  }
  return {};
}

std::string title_of(const DocumentReport& document) {
  std::string name(word_of(document.kind));
  const bool is_of_platform =
      document.kind == DocumentKind::kImage || document.kind == DocumentKind::kMissing;
  const std::string platform =
      is_of_platform && document.platform ? visible(document.platform->string(), Characters::kAscii) : "";
  if (!platform.empty()) name += " " + platform;
  return name;
}

std::string short_digest(const Digest& digest) {
  return digest.algorithm_name() + ":" + digest.hex().substr(0, kShortHex);
}

std::string short_type(const std::string& media_type) {
  const std::string plain =
      is_encrypted(media_type) ? media_type.substr(0, media_type.rfind('+')) : media_type;
  const auto of_docker = oci_type(plain);
  const std::string type = of_docker.value_or(plain);
  const std::string origin = of_docker ? "Docker " : "";
  for (const auto& [prefix, word] :
       {std::pair{"application/vnd.oci.image.layer.v1.", ""},
        std::pair{"application/vnd.oci.image.layer.nondistributable.v1.", "nondistributable "}}) {
    if (type.starts_with(prefix)) return origin + word + shown(type.substr(std::string_view(prefix).size()));
  }
  if (is_image_config(type)) return origin + "config";
  if (type == "application/vnd.in-toto+json") return "in-toto";
  return shown(type.starts_with("application/") ? type.substr(12) : type);
}

}  // namespace imgcrypt::cli
