#include "oci/reference.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace imgcrypt {
namespace {

constexpr std::string_view kOciPrefix = "oci:";
constexpr std::string_view kStoragePrefix = "containers-storage:";
// What skopeo copies to and from an OCI image layout.
constexpr std::array<std::string_view, 5> kForSkopeo = {
    "docker://", "docker-archive:", "docker-daemon:", "oci-archive:", "dir:"};

// What "@12" says; nullopt for what is no position.
std::optional<std::size_t> parse_position(std::string_view text) {
  std::size_t position = 0;
  const auto [stop, error] = std::from_chars(text.data() + 1, text.data() + text.size(), position);
  return error == std::errc() && stop == text.data() + text.size() ? std::optional(position) : std::nullopt;
}

[[noreturn]] void refuse(std::string_view text, const std::string& why, const std::string& hint) {
  throw Error(ErrorCode::kUsage, "reference \"" + std::string(text) + "\": " + why, hint);
}

}  // namespace

Reference Reference::parse(std::string_view text) {
  const std::string form = "write oci:DIR, oci:DIR:TAG, oci:DIR:@N or oci:DIR@sha256:...";
  if (text.find(':') == std::string_view::npos) {
    refuse(text, "no transport",
           "a bare name is an image of a registry to crane, of containerd to nerdctl and of local storage to "
           "podman; for an OCI image layout " +
               form);
  }
  if (text.starts_with(kStoragePrefix)) {
    refuse(text, "local storage is read by its own tools only",
           "skopeo copy " + std::string(text) +
               " oci:DIR:TAG, then imgcrypt with oci:DIR:TAG; skopeo copies what "
               "imgcrypt wrote back in the same way");
  }
  if (std::ranges::any_of(kForSkopeo, [&](std::string_view prefix) { return text.starts_with(prefix); })) {
    refuse(text, "this transport is not supported yet",
           "skopeo copy --all " + std::string(text) +
               " oci:DIR:TAG, then imgcrypt with oci:DIR:TAG; skopeo copies what imgcrypt wrote back in the "
               "same way");
  }
  if (!text.starts_with(kOciPrefix)) {
    refuse(text, "transport \"" + std::string(text.substr(0, text.find(':'))) + "\" is not supported", form);
  }
  std::string_view details = text.substr(kOciPrefix.size());
  Reference reference;
  if (const std::size_t at = details.rfind("@sha"); at != std::string_view::npos) {
    reference.digest = Digest::parse_if_valid(details.substr(at + 1));
    if (!reference.digest) refuse(text, "what follows the @ is no digest", form);
    details = details.substr(0, at);
  }
  const std::size_t colon = details.find(':');
  reference.directory = details.substr(0, colon);
  if (colon != std::string_view::npos) reference.tag = details.substr(colon + 1);
  if (reference.tag.starts_with('@')) {
    reference.position = parse_position(reference.tag);
    if (!reference.position || reference.digest) refuse(text, "what follows the :@ is no position", form);
    reference.tag.clear();
  }
  const bool clean =
      std::ranges::none_of(details, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (reference.directory.empty() || !clean) refuse(text, "no directory", form);
  if (colon != std::string_view::npos && reference.tag.empty() && !reference.position)
    refuse(text, "the tag is empty", form);
  return reference;
}

bool is_ref_name(std::string_view tag) {
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  std::string_view rest = tag;
  while (!rest.empty() && is_letter(rest.front())) {
    rest.remove_prefix(static_cast<std::size_t>(std::ranges::find_if_not(rest, is_letter) - rest.begin()));
    if (rest.empty()) return true;
    const bool is_between = std::string_view("-._:@+/").find(rest.front()) != std::string_view::npos;
    if (!is_between) return false;
    rest.remove_prefix(rest.starts_with("--") ? 2 : 1);
  }
  return false;
}

std::string Reference::string() const {
  const std::string name = std::string(kOciPrefix) + directory + (tag.empty() ? "" : ":" + tag);
  if (position) return name + ":@" + std::to_string(*position);
  return digest ? name + "@" + digest->string() : name;
}

}  // namespace imgcrypt
