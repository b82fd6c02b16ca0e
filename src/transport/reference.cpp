#include "transport/reference.hpp"

#include "base/text/spelling.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <system_error>
#include <vector>

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
constexpr std::string_view kContainerdPrefix = "containerd:";
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

// containerd's images go through an archive.
[[noreturn]] void refuse_containerd(std::string_view text, ReferenceUse use) {
  std::string_view name = text.substr(kContainerdPrefix.size());
  name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
  refuse(text, "this transport is not supported yet",
         use == ReferenceUse::kWrite
             ? "write to -, and pipe that into ctr images import -"
             : "pipe an archive: ctr images export - " + std::string(name) + " | imgcrypt COMMAND - ...");
}

bool is_any_of(std::string_view text, std::span<const std::string_view> prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return text.starts_with(prefix); });
}

// All that people write before the colon, ours and what others call the same.
const std::vector<std::string> kTransports = {"oci",    "oci-layout",    "ocidir",
                                              "docker", "oci-archive",   "docker-archive",
                                              "dir",    "docker-daemon", "containers-storage"};

std::string_view without_leading(std::string_view text, std::string_view start) {
  return text.starts_with(start) ? text.substr(start.size()) : text;
}

std::string reference_by(const std::string& transport, std::string_view rest) {
  if (transport == "docker") return "docker://" + std::string(without_leading(rest, "//"));
  const bool is_layout = transport == "oci" || transport == "oci-layout" || transport == "ocidir";
  if (!is_layout) return transport + ":" + std::string(rest);
  // regctl's ocidir://DIR is relative unless a third slash follows.
  return std::string(kLayoutPrefix).append(without_leading(rest, "//"));
}

// What is meant by a misspelt transport; empty if it may as well be the name of an image.
std::string meant_reference(std::string_view text) {
  constexpr std::string_view kSlashes = "oci//";
  if (text.starts_with(kSlashes)) return reference_by("oci", text.substr(kSlashes.size()));
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  std::string word(text.substr(0, colon));
  std::ranges::transform(word, word.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
  const std::string_view rest = text.substr(colon + 1);
  const std::string near = nearest_name(word, kTransports);
  // "oc:1" may be an image and its tag, "oc:plain:1" may not.
  const bool is_meant = near == word || rest.find_first_of(":/@") != std::string_view::npos;
  return near.empty() || !is_meant ? "" : reference_by(near, rest);
}

// The shell expands ~ only at the beginning of an argument.
std::string at_home(const std::string& path) {
  return path.starts_with("~/") ? "$HOME" + path.substr(1) : path;
}

// Why a text that names no transport of ours is none, and what may be meant by it.
[[noreturn]] void refuse_unknown(std::string_view text) {
  const std::string whole(text);
  if (text.empty()) refuse(text, "it is empty", std::string(kForms));
  constexpr std::array<std::string_view, 3> kPaths = {"/", ".", "~"};
  std::error_code none;
  if (std::filesystem::is_regular_file(whole, none))
    refuse(text, "the transport is missing",
           "for an archive write oci-archive:" + whole + " or docker-archive:" + whole);
  if (is_any_of(text, kPaths))
    refuse(text, "the transport is missing", "did you mean oci:" + at_home(whole) + "?");
  constexpr std::string_view kFileUrl = "file://";
  if (text.starts_with(kFileUrl))
    refuse(text, "it is a URL", "did you mean oci:" + whole.substr(kFileUrl.size()) + "?");
  constexpr std::array<std::string_view, 2> kUrls = {"https://", "http://"};
  if (is_any_of(text, kUrls))
    refuse(text, "it is a URL", "for a registry write docker://" + whole.substr(whole.find("//") + 2));
  if (const std::string meant = meant_reference(text); !meant.empty())
    refuse(text, "not a transport", "did you mean " + meant + "?");
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
  for (const std::string_view prefix : {kLayoutPrefix, kOciArchivePrefix, kDockerArchivePrefix, kDirPrefix}) {
    if (text.starts_with(prefix) && text.substr(prefix.size()).starts_with("~/"))
      refuse(text, "the shell expands ~ only at the beginning of an argument",
             "write " + std::string(prefix) + at_home(std::string(text.substr(prefix.size()))));
  }
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
  if (text.starts_with(kContainerdPrefix)) refuse_containerd(text, use);
  if (text.starts_with(kEnginePrefix))
    refuse(text, "this transport is not supported yet", by_skopeo("skopeo copy --all", text, use));
  refuse_unknown(text);
}

std::string Reference::string() const {
  return std::visit([](const auto& parts) { return parts.string(); }, parts_);
}

bool Reference::is_stdout() const {
  const auto* archive = std::get_if<ArchiveReference>(&parts_);
  return archive != nullptr && archive->is_stdout();
}

}  // namespace imgcrypt
