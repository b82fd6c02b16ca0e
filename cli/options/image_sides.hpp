// SRC and DST of a command that writes an image: the arguments that name the two, the options that say how
// they are opened, and the opening, which is the same for every such command. For the main thread; like every
// option struct, it must outlive the parsing.
#pragma once

#include "cli/options/image_arguments.hpp"
#include "cli/options/links_option.hpp"
#include "cli/options/prune_option.hpp"
#include "cli/options/registry_options.hpp"
#include "cli/options/selection_options.hpp"
#include "transport/image_store.hpp"
#include "transport/reference.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace imgcrypt::cli {

// An image that is read, and where its successor is written. `target` is what the result is called, also in
// place.
struct OpenedSides {
  std::unique_ptr<ImageSource> source;
  Reference target;
  std::unique_ptr<ImageDestination> destination;
  std::unique_ptr<SharedStore> store;  // of the destination; may be null
  RegistryOptions source_registry;     // for other images that are read beside the source
};

struct ImageSides {
  std::string source;
  std::string destination;  // empty, where DST may be left out: in place
  PruneOption prune;
  LinksOption links;
  RegistryArguments registry;

  // `source_name` and `description` are those of SRC in the help. Call this first, add_options_to later:
  // --help lists them in this order.
  void add_arguments_to(CLI::App& command, const std::string& source_name, const std::string& description,
                        IfMissing if_missing);
  void add_options_to(CLI::App& command);

  // Reads the source's root, and writes nothing yet. The output is told what the stores warn of, and must
  // outlive what is returned. Throws kUsage for references that cannot be parsed or not be written to; as
  // open_source, open_destination, RegistryArguments::both, PruneOption::open_store and
  // SelectionOptions::check_place.
  [[nodiscard]] OpenedSides open(const SelectionOptions& selection, Output& output) const;
};

}  // namespace imgcrypt::cli
