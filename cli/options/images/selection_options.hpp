// --platform, --all-platforms and --layer: which parts of an image a command is about.
#pragma once

#include "cli/options/list_option.hpp"
#include "image/tree/selection.hpp"
#include "transport/open.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace imgcrypt::cli {

struct SelectionOptions {
  // Not given: every platform of the image, and of each every layer. The positions count per platform.
  ListOption platforms;
  ListOption layers;
  bool all_platforms = false;  // changes nothing: it is the default, and excludes --platform

  // `others` completes "the others are ..." in the help of --platform.
  void add_to(CLI::App& command, const std::string& others = "not written");
  // The same without --layer; returns --platform, for others that exclude it.
  CLI::Option* add_platforms_to(CLI::App& command, const std::string& others);
  // Throws kUsage for values that cannot be parsed. Whether the image has them is not known yet.
  [[nodiscard]] Selection value() const;
  // Throws kRefused if the result would replace its own source although --platform leaves out some of it:
  // the other platforms would be lost. Throws as would_replace().
  void check_place(const Origin& source, const Reference& destination) const;
};

}  // namespace imgcrypt::cli
