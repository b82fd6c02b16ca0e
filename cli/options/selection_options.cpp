#include "cli/options/selection_options.hpp"

#include "transport/open.hpp"

namespace imgcrypt::cli {
void SelectionOptions::add_to(CLI::App& command, const std::string& others) {
  layers.add_to(command, "--layer,--encrypt-layer",
                "only these layers, by their position in each platform's image: N[,N|A..B]; the first is 0, "
                "the top one -1 (default: all)",
                "N");
  CLI::Option* some = platforms.add_to(
      command, "--platform",
      "only these platforms, as linux/arm64; the others are " + others + " (default: all)", "PLATFORM");
  command.add_flag("-a,--all-platforms,--all", all_platforms, "all platforms: the default")->excludes(some);
}

Selection SelectionOptions::value() const {
  Selection selection;
  for (const std::string& platform : platforms.values())
    selection.platforms.push_back(parse_platform(platform));
  for (const std::string& layer : layers.values()) selection.layers.push_back(parse_layer_range(layer));
  return selection;
}

void SelectionOptions::check_place(const Reference& source, const Reference& destination) const {
  if (!platforms.is_given() || !would_replace(destination, source)) return;
  throw Error(ErrorCode::kRefused,
              "with --platform, " + destination.string() + " would lose its other platforms",
              "give the destination a name of its own");
}

}  // namespace imgcrypt::cli
