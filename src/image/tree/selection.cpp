#include "image/tree/selection.hpp"

#include "image/tree/child_edits.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace imgcrypt {
namespace {

bool fits(std::string_view pattern, std::string_view part) { return pattern.empty() || pattern == part; }

// containerd's default where none is named, so that linux/arm64/v8 also finds images that say linux/arm64.
std::string variant_of(const Platform& platform) {
  if (!platform.variant.empty()) return platform.variant;
  if (platform.architecture == "arm64") return "v8";
  return platform.architecture == "arm" ? "v7" : "";
}

// A version fits those that it begins: builds of one release of Windows run each other's images.
bool fits_version(std::string_view pattern, std::string_view version) {
  return version.starts_with(pattern) &&
         (pattern.empty() || version.size() == pattern.size() || version[pattern.size()] == '.');
}

bool fits(const Platform& pattern, const Platform& platform) {
  return fits(pattern.os, platform.os) && fits(pattern.architecture, platform.architecture) &&
         fits(pattern.variant, variant_of(platform)) && fits_version(pattern.os_version, platform.os_version);
}

struct Machine {
  std::string_view architecture;
  std::string_view variant;  // empty: it says nothing of it
};

// What `uname -m` and Debian call them; images use the names of Go (GOARCH). As containerd reads them.
Machine usual_name(std::string_view architecture) {
  static const std::map<std::string_view, Machine> kOtherNames = {
      {"x86_64", {"amd64", ""}}, {"x86-64", {"amd64", ""}}, {"aarch64", {"arm64", ""}},
      {"i386", {"386", ""}},     {"armhf", {"arm", "v7"}},  {"armel", {"arm", "v6"}}};
  const auto found = kOtherNames.find(architecture);
  return found == kOtherNames.end() ? Machine{architecture, ""} : found->second;
}

// `variant` is empty if none was given.
Platform platform_of(std::string os, std::string_view architecture, const std::string& variant,
                     std::string version = {}) {
  const Machine machine = usual_name(architecture);
  return {std::move(os), std::string(machine.architecture),
          variant.empty() ? std::string(machine.variant) : variant, std::move(version)};
}

// Those that have variants.
bool is_architecture(std::string_view text) {
  const std::string_view name = usual_name(text).architecture;
  return name == "arm" || name == "arm64" || name == "amd64";
}

int parse_position(std::string_view text, std::string_view whole) {
  int position = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (error == std::errc() && stop == text.data() + text.size()) return position;
  throw Error(ErrorCode::kUsage, "--layer " + std::string(whole) + " is not a layer",
              "write N or A..B; 0 is the bottom layer, -1 the top");
}

// From "windows(10.0.17763)", as containerd writes it, which leaves "windows". Empty where there is none.
// What is not closed, or is empty, makes `os` empty, which nothing is called.
std::string take_version(std::string& os) {
  const std::size_t open = os.find('(');
  if (open == std::string::npos) return {};
  const bool is_closed = os.ends_with(')') && os.size() > open + 2;
  std::string version = is_closed ? os.substr(open + 1, os.size() - open - 2) : std::string();
  os.resize(is_closed ? open : 0);
  return version;
}

class PlatformChooser {
 public:
  PlatformChooser(Configs& configs, const std::vector<Platform>& platforms)
      : configs_(configs), platforms_(platforms), is_found_(platforms.size()), missing_(platforms.size()) {}

  PlatformChoice run(const ImageNode& tree) {
    const bool is_index = std::holds_alternative<Index>(tree.document);
    // A manifest alone cannot be left out: it has the platform, or the command fails.
    ImageNode chosen = is_index ? choose(tree) : tree;
    if (!is_index) is_chosen(tree);
    for (std::size_t i = 0; i < platforms_.size(); ++i) {
      if (!is_found_[i]) fail(i);
    }
    return {std::move(chosen), std::move(left_out_)};
  }

 private:
  ImageNode choose(const ImageNode& node) {
    const auto& index = std::get<Index>(node.document);
    std::vector<bool> stays = chosen_children(node);
    ImageNode result = node;
    result.children.clear();
    std::vector<std::optional<Descriptor>> now(node.children.size());
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const ImageNode& child = node.children[i];
      if (!stays[i]) {
        left_out_.push_back(child.place);
        continue;
      }
      result.children.push_back(std::holds_alternative<Index>(child.document) ? choose(child) : child);
      now[i] = result.children.back().descriptor;
    }
    if (std::ranges::all_of(stays, [](bool stay) { return stay; }) && !is_changed(node, now)) return node;
    DocumentEdit edit;
    edit.elements = child_edits(index.manifests(), now);
    return with_document(std::move(result), index.edited(edit));
  }

  static bool is_changed(const ImageNode& node, const std::vector<std::optional<Descriptor>>& now) {
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (now[i]->digest != node.children[i].descriptor.digest) return true;
    }
    return false;
  }

  // Attestations are not chosen themselves: they go with their subject, which may come after them. So do
  // signatures and other artifacts, and what is about those in turn.
  std::vector<bool> chosen_children(const ImageNode& node) {
    std::vector<bool> stays;
    std::multimap<std::string, std::size_t> about;  // positions, by what they are about
    std::vector<std::string> kept;                  // that may have others about them, still to be found
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const ImageNode& child = node.children[i];
      stays.push_back(std::holds_alternative<Index>(child.document) ? holds_chosen(child) : is_chosen(child));
      if (stays.back()) kept.push_back(child.descriptor.digest.string());
      if (const auto attested = subject_of(child.descriptor)) about.emplace(*attested, i);
      if (const auto subject = subject_of(child)) about.emplace(subject->digest.string(), i);
    }
    while (!kept.empty()) {
      const auto [first, last] = about.equal_range(kept.back());
      kept.pop_back();
      for (auto at = first; at != last; ++at) {
        // What the source lacks is left out as well: some registries would take nothing that lists it.
        const bool is_there = !is_missing(node.children[at->second]);
        if (stays[at->second] || !is_there) continue;
        stays[at->second] = true;
        kept.push_back(node.children[at->second].descriptor.digest.string());
      }
    }
    return stays;
  }

  static bool is_missing(const ImageNode& node) {
    const auto* opaque = std::get_if<Opaque>(&node.document);
    return opaque != nullptr && opaque->is_missing;
  }

  bool holds_chosen(const ImageNode& index) {
    const auto stays = chosen_children(index);
    return std::ranges::any_of(stays, [](bool stay) { return stay; });
  }

  bool is_chosen(const ImageNode& node) {
    if (subject_of(node.descriptor)) return false;
    const auto platform = platform_of(node);
    if (!platform) return false;
    // Also those that do not fit, for the hint of fail().
    there_are_.insert(platform->string());
    bool is_chosen = false;
    for (std::size_t i = 0; i < platforms_.size(); ++i) {
      if (!fits(platforms_[i], *platform)) continue;
      is_chosen = true;
      // One that the source lacks stays listed beside others, but nothing can be done for it alone.
      if (is_missing(node)) {
        missing_[i] = node.descriptor.digest;
      } else {
        is_found_[i] = true;
      }
    }
    return is_chosen;
  }

  std::optional<Platform> platform_of(const ImageNode& node) {
    // The index first: reading the config instead costs a request on a registry.
    if (node.descriptor.platform) return node.descriptor.platform;
    const auto* manifest = std::get_if<Manifest>(&node.document);
    const auto config = manifest == nullptr ? std::nullopt : configs_.of(*manifest);
    return config ? std::optional(config->platform) : std::nullopt;
  }

  [[noreturn]] void fail(std::size_t which) const {
    const Platform& platform = platforms_[which];
    if (missing_[which]) {
      throw Error(ErrorCode::kNotFound,
                  "the manifest of " + platform.string() + ", " + missing_[which]->string() + ", is missing",
                  "the index lists it, but whoever copied the image left it out: copy it with this platform");
    }
    std::string names;
    for (const std::string& name : there_are_) names += (names.empty() ? "" : ", ") + name;
    throw Error(ErrorCode::kNotFound, "the image has no platform " + platform.string(),
                names.empty() ? "its manifests name no platform" : "it has: " + names);
  }

  Configs& configs_;
  const std::vector<Platform>& platforms_;
  std::vector<bool> is_found_;
  std::vector<std::optional<Digest>> missing_;  // for each platform a manifest that is not there
  std::set<std::string> there_are_;
  std::vector<std::string> left_out_;
};

std::size_t position_in(const Manifest& manifest, int position, const std::string& place) {
  const auto count = static_cast<int>(manifest.layers().size());
  const int from_bottom = position < 0 ? count + position : position;
  if (from_bottom >= 0 && from_bottom < count) return static_cast<std::size_t>(from_bottom);
  throw Error(ErrorCode::kUsage,
              "--layer " + std::to_string(position) + ": " + place + " has " + std::to_string(count) +
                  (count == 1 ? " layer" : " layers"),
              "the bottom layer is 0 or -" + std::to_string(count) + ", the top one " +
                  std::to_string(count - 1) + " or -1");
}

}  // namespace

std::function<bool(const Platform&)> wanted_by(const Selection& selection) {
  if (selection.platforms.empty()) return {};
  return [patterns = selection.platforms](const Platform& platform) {
    return std::ranges::any_of(patterns, [&](const Platform& pattern) { return fits(pattern, platform); });
  };
}

Platform parse_platform(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) c == '/' ? void(parts.emplace_back()) : parts.back().push_back(c);
  std::string version = take_version(parts[0]);
  if (parts.size() > 3 || std::ranges::any_of(parts, &std::string::empty)) {
    throw Error(ErrorCode::kUsage, "--platform " + std::string(text) + " is not a platform",
                "write OS/ARCHITECTURE[/VARIANT], e.g. linux/arm64, or windows(10.0.17763)/amd64");
  }
  if (parts == std::vector<std::string>{"linux"} || parts == std::vector<std::string>{"windows"})
    return {parts[0], "", "", std::move(version)};
  if (parts.size() == 1 && version.empty()) return platform_of("", parts[0], "");
  if (parts.size() == 1) return {parts[0], "", "", std::move(version)};
  if (parts.size() == 2 && version.empty() && is_architecture(parts[0]))
    return platform_of("", parts[0], parts[1]);
  return platform_of(parts[0], parts[1], parts.size() == 3 ? parts[2] : "", std::move(version));
}

LayerRange parse_layer_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    const int position = parse_position(text, text);
    return {position, position};
  }
  return {parse_position(text.substr(0, dots), text), parse_position(text.substr(dots + 2), text)};
}

PlatformChoice choose_platforms(Configs& configs, const ImageNode& tree,
                                const std::vector<Platform>& platforms) {
  if (platforms.empty()) return {tree, {}};
  return PlatformChooser(configs, platforms).run(tree);
}

std::set<LayerId> choose_layers(const ImageNode& tree, const std::vector<LayerRange>& ranges) {
  std::set<LayerId> chosen;
  for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
    const std::vector<Descriptor>& layers = manifest.layers();
    if (ranges.empty()) {
      for (const Descriptor& layer : layers) chosen.insert(layer_id(layer));
    } else if (std::ranges::any_of(layers, is_image_layer)) {  // attestations have other numbers of layers
      for (const LayerRange& range : ranges) {
        const std::size_t first = position_in(manifest, range.first, node.place);
        const std::size_t last = position_in(manifest, range.last, node.place);
        // Only now, since -1 and 3 can be compared only where the number of layers is known.
        if (first > last) {
          throw Error(ErrorCode::kUsage,
                      "--layer " + std::to_string(range.first) + ".." + std::to_string(range.last) +
                          " selects no layer of " + node.place,
                      "in FIRST..LAST the lower layer comes first; -1 is the top one");
        }
        for (std::size_t i = first; i <= last; ++i) chosen.insert(layer_id(layers[i]));
      }
    }
  });
  return chosen;
}

}  // namespace imgcrypt
