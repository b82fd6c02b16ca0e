#include "cli/options/images/selection_options.hpp"

#include "oci/media_types.hpp"

namespace imgcrypt::cli {

void SelectionOptions::add_to(CLI::App& command, const std::string& others) {
  layers.add_to(command, "--layer,--encrypt-layer",
                "only these layers, by position in the image of each platform: N[,N|A..B]; 0 is the bottom "
                "layer, -1 the top (default: all)",
                "N");
  add_platforms_to(command, others);
}

CLI::Option* SelectionOptions::add_platforms_to(CLI::App& command, const std::string& others) {
  CLI::Option* some = platforms.add_to(
      command, "--platform",
      "only these platforms, e.g. linux/arm64; the others are " + others + " (default: all)", "PLATFORM");
  command.add_flag("-a,--all-platforms,--all", all_platforms, "all platforms (the default)")->excludes(some);
  return some;
}

Selection SelectionOptions::value() const {
  Selection selection;
  for (const std::string& platform : platforms.values())
    selection.platforms.push_back(parse_platform(platform));
  for (const std::string& layer : layers.values()) selection.layers.push_back(parse_layer_range(layer));
  return selection;
}

void SelectionOptions::check_place(const Origin& source, const Reference& destination) const {
  // A single manifest has no other platforms.
  if (!platforms.is_given() || is_manifest(source.root.descriptor.media_type)) return;
  if (!would_replace(destination, source)) return;
  throw Error(ErrorCode::kRefused,
              "with --platform, " + destination.string() + " would lose its other platforms",
              "choose another destination");
}

}  // namespace imgcrypt::cli
