#include "transport/reference.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

constexpr std::string_view kLayoutPrefix = "oci:";
constexpr std::string_view kStoragePrefix = "containers-storage:";
// What skopeo copies to and from an OCI image layout, with --all every platform of it. containers-storage
// holds one platform only.
constexpr std::array<std::string_view, 5> kForSkopeo = {
    "docker://", "docker-archive:", "docker-daemon:", "oci-archive:", "dir:"};

[[noreturn]] void refuse(std::string_view text, const std::string& why, const std::string& hint) {
  throw Error(ErrorCode::kUsage, "reference \"" + std::string(text) + "\": " + why, hint);
}

std::string by_skopeo(const std::string& copy, std::string_view text) {
  return copy + " " + std::string(text) +
         " oci:DIR:TAG, then imgcrypt with oci:DIR:TAG; skopeo copies the result back in the same way";
}

}  // namespace

Reference Reference::parse(std::string_view text) {
  if (text.starts_with(kLayoutPrefix))
    return Reference(LayoutReference::parse(text.substr(kLayoutPrefix.size())));
  const std::string form = "write oci:DIR, oci:DIR:TAG, oci:DIR:@N or oci:DIR@sha256:...";
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    refuse(text, "the transport is missing",
           "for an OCI image layout " + form +
               "; a name alone means different things to crane, nerdctl and podman");
  }
  if (text.starts_with(kStoragePrefix))
    refuse(text, "only its own tools can read local storage", by_skopeo("skopeo copy", text));
  if (std::ranges::any_of(kForSkopeo, [&](std::string_view prefix) { return text.starts_with(prefix); }))
    refuse(text, "this transport is not supported yet", by_skopeo("skopeo copy --all", text));
  refuse(text, "transport \"" + std::string(text.substr(0, colon)) + "\" is not supported", form);
}

std::string Reference::string() const {
  return std::visit([](const auto& parts) { return parts.string(); }, parts_);
}

}  // namespace imgcrypt
