#include "transport/reference.hpp"

#include "base/text/spelling.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace imgcrypt {
namespace {

constexpr std::string_view kLayoutPrefix = "oci:";
constexpr std::string_view kRegistryPrefix = "docker:";
constexpr std::string_view kOciArchivePrefix = "oci-archive:";
constexpr std::string_view kDockerArchivePrefix = "docker-archive:";
constexpr std::string_view kDirPrefix = "dir:";
constexpr std::string_view kStoragePrefix = "containers-storage:";
// Of Docker's engine skopeo copies from and to an OCI image layout, with --all every platform.
// containers-storage holds one platform only.
constexpr std::string_view kEnginePrefix = "docker-daemon:";
constexpr std::string_view kForms =
    "write oci:DIR[:TAG|:@N|@DIGEST], docker://HOST/REPOSITORY[:TAG|@DIGEST], oci-archive:FILE[:TAG], "
    "docker-archive:FILE[:REF], dir:DIR or -";

[[noreturn]] void refuse(std::string_view text, const std::string& why, const std::string& hint) {
  throw Error(ErrorCode::kUsage, "reference \"" + std::string(text) + "\": " + why, hint);
}

// The command line that does what we cannot do yet.
std::string by_skopeo(const std::string& copy, std::string_view text, ReferenceUse use) {
  const std::string other(text);
  return use == ReferenceUse::kRead
             ? "pull it first: " + copy + " " + other + " oci:DIR:TAG, and use oci:DIR:TAG"
             : "write to oci:DIR:TAG, and push that: " + copy + " oci:DIR:TAG " + other;
}

bool is_any_of(std::string_view text, std::span<const std::string_view> prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return text.starts_with(prefix); });
}

// "oci:REST" for a misspelt transport; empty if it may as well be the name of an image.
std::string meant_layout(std::string_view text) {
  constexpr std::string_view kSlashes = "oci//";
  if (text.starts_with(kSlashes)) return std::string(kLayoutPrefix) += text.substr(kSlashes.size());
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  std::string word(text.substr(0, colon));
  std::ranges::transform(word, word.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
  const std::string_view rest = text.substr(colon + 1);
  const std::string near = nearest_name(word, {"oci", "oci-layout", "ocidir"});
  // "oc:1" may be an image and its tag, "oc:plain:1" may not.
  const bool is_meant = near == word || rest.find_first_of(":/@") != std::string_view::npos;
  return near.empty() || !is_meant ? "" : std::string(kLayoutPrefix).append(rest);
}

// Why a text that names no transport of ours is none, and what may be meant by it.
[[noreturn]] void refuse_unknown(std::string_view text) {
  const std::string whole(text);
  if (text.empty()) refuse(text, "it is empty", std::string(kForms));
  constexpr std::array<std::string_view, 3> kPaths = {"/", ".", "~"};
  if (is_any_of(text, kPaths)) refuse(text, "the transport is missing", "did you mean oci:" + whole + "?");
  if (const std::string meant = meant_layout(text); !meant.empty())
    refuse(text, "not a transport", "did you mean " + meant + "?");
  constexpr std::string_view kDocker = "docker:";
  if (text.starts_with(kDocker))
    refuse(text, "not a transport", "did you mean docker://" + whole.substr(kDocker.size()) + "?");
  constexpr std::array<std::string_view, 2> kUrls = {"https://", "http://"};
  if (is_any_of(text, kUrls))
    refuse(text, "it is a URL", "for a registry write docker://" + whole.substr(whole.find("//") + 2));
  refuse(text, "the transport is missing",
         "for an OCI image layout write oci:" + whole + ", for a registry docker://" + whole +
             "; a name alone means different things to crane, nerdctl and podman");
}

}  // namespace

Reference Reference::parse(std::string_view text, ReferenceUse use) {
  if (text.starts_with("oci://") && !text.starts_with("oci:///")) {
    const std::string path(text.substr(6));
    refuse(text, "oci: takes a path, not a URL",
           "did you mean oci:" + path + "? With an absolute path it is oci:/" + path);
  }
  if (text.starts_with("oci:~/"))
    refuse(text, "the shell expands ~ only at the beginning of an argument",
           "write oci:$HOME/" + std::string(text.substr(6)));
  if (text.starts_with(kLayoutPrefix))
    return Reference(LayoutReference::parse(text.substr(kLayoutPrefix.size())));
  if (text.starts_with(kRegistryPrefix)) {
    const std::string_view details = text.substr(kRegistryPrefix.size());
    return Reference(use == ReferenceUse::kList ? RegistryReference::parse_repository(details)
                                                : RegistryReference::parse(details));
  }
  if (text == "-") return Reference(ArchiveReference::stream());
  using Kind = ArchiveReference::Kind;
  for (const auto& [prefix, kind] :
       {std::pair(kOciArchivePrefix, Kind::kOci), std::pair(kDockerArchivePrefix, Kind::kDocker)}) {
    if (text.starts_with(prefix)) return Reference(ArchiveReference::parse(kind, text.substr(prefix.size())));
  }
  if (text.starts_with(kDirPrefix)) return Reference(DirReference::parse(text.substr(kDirPrefix.size())));
  if (text.starts_with(kStoragePrefix))
    refuse(text, "only its own tools can use local storage", by_skopeo("skopeo copy", text, use));
  if (text.starts_with(kEnginePrefix))
    refuse(text, "this transport is not supported yet", by_skopeo("skopeo copy --all", text, use));
  refuse_unknown(text);
}

std::string Reference::string() const {
  return std::visit([](const auto& parts) { return parts.string(); }, parts_);
}

bool Reference::is_stream() const {
  const auto* archive = std::get_if<ArchiveReference>(&parts_);
  return archive != nullptr && archive->is_stream();
}

}  // namespace imgcrypt
