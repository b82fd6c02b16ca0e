#include "cli/command.hpp"
#include "transport/open.hpp"

#include <filesystem>

namespace imgcrypt::cli {
namespace {

// nullopt when there is no such image.
std::optional<Digest> root_of(const Reference& image) {
  try {
    return open_source(image)->root().descriptor.digest;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound) throw;
    return std::nullopt;
  }
}

}  // namespace

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
  std::error_code none;
  const bool is_one_layout = std::filesystem::equivalent(source.directory, destination.directory, none);
  // Without a tag the result stands beside all that is there.
  if (!platforms.is_given() || !is_one_layout || destination.tag.empty()) return;
  const std::optional<Digest> there = root_of(destination);
  if (!there || there != root_of(source)) return;
  throw Error(ErrorCode::kRefused,
              "with --platform, " + destination.string() + " would lose its other platforms",
              "give the destination a name of its own");
}

}  // namespace imgcrypt::cli
