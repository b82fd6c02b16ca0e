// What a manifest or index says about a blob (OCI image specification, "Content Descriptors"): the members
// that this program uses. All others stay in the document's own text, which is edited in place
// (oci/edit.hpp). Values, without any claim that the blob exists.
#pragma once

#include "base/text/json.hpp"
#include "oci/digest.hpp"

#include <map>
#include <optional>
#include <string>

namespace imgcrypt {

// Sorted by name, so that what is written does not depend on the order in which it was set.
using Annotations = std::map<std::string, std::string>;

// OCI image specification, "Image Index", `platform`. Texts are as the image has them; any may be empty.
struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;
  std::string os_version = {};  // `os.version`, which tells images of Windows apart

  // "linux/arm64/v8", "windows(10.0.17763.1)/amd64": the parts that are not empty. For people and --platform.
  [[nodiscard]] std::string string() const;
};

// Size and digest are claims until a VerifyingSource has read the blob to its end.
struct Descriptor {
  std::string media_type;  // may be empty: some builders leave it out, though the specification requires it
  Digest digest;
  std::uint64_t size = 0;  // bytes
  Annotations annotations;
  std::optional<Platform> platform;
  bool has_urls = false;  // says where else the blob is to be had: see is_foreign()
  bool has_data = false;  // the descriptor embeds a copy of the content, in base64
};

// 1 TiB. No blob is larger, so that sums of sizes cannot overflow.
inline constexpr std::uint64_t kMostLayerBytes = 1ULL << 40U;

// Of one `mediaType`: a type and a subtype have 127 bytes each at most (RFC 6838, section 4.2).
inline constexpr std::size_t kMostMediaTypeBytes = 255;
// Of each part of a platform. Both limits keep what is copied for every layer small.
inline constexpr std::size_t kMostPlatformPartBytes = 64;

// Throws kIntegrity when a member is missing or malformed (`mediaType` may be missing), kRefused beyond the
// limits above. REQUIRES: check_json() has accepted the text around `object`. Members that a Descriptor does
// not have are not read, and not judged.
[[nodiscard]] Descriptor parse_descriptor(const JsonView& object);
// The member `mediaType` of a descriptor or document; empty where it is absent or empty, which Go's writers
// do not tell apart. Throws as parse_descriptor.
[[nodiscard]] std::string parse_media_type(const JsonView& object);
// The members `os`, `architecture` and `variant` of a descriptor's `platform` or of an image's config. Throws
// as parse_descriptor.
[[nodiscard]] Platform parse_platform_object(const JsonView& object);
// The members of an object; empty for nullopt. Throws kIntegrity when a value is not a string, and when an
// annotation that this program acts on occurs twice or is not Unicode. Of others, which are only shown, the
// last one counts, as for Go.
[[nodiscard]] Annotations parse_annotations(const std::optional<JsonView>& object);
// Whether a descriptor embeds, in `data`, something other than the content that its size and digest name (OCI
// image specification, "Content Descriptors", Embedded Content), or what is not base64. False without `data`.
// Throws as parse_descriptor. Hashes the content.
[[nodiscard]] bool embeds_other_content(const JsonView& object);

}  // namespace imgcrypt
