// What all commands that write an image have in common on the command line: SRC and DST, how the two are
// opened, and how the image is written; and the opening itself. For the main thread; like every option
// struct, it must outlive the parsing.
#pragma once

#include "cli/options/dry_run_option.hpp"
#include "cli/options/images/image_arguments.hpp"
#include "cli/options/images/selection_options.hpp"
#include "cli/options/images/transport_arguments.hpp"
#include "cli/options/jobs_option.hpp"
#include "cli/terminal/output.hpp"
#include "cli/write/digest_file_option.hpp"
#include "cli/write/prune_option.hpp"
#include "cli/write/referrers_option.hpp"
#include "image/change/carry_out.hpp"
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
  TransportOptions reading;            // for other images that are read beside the source
};

struct WriteArguments {
  std::string source;
  std::string destination;  // empty, where DST may be left out: in place
  PruneOption prune;
  TransportArguments transport;
  DryRunOption dry_run;
  ReferrersOption referrers;
  JobsOption jobs;
  DigestFileOption digest_file;

  // `source_name` and `description` are those of SRC in the help, which lists what a command takes in the
  // order in which it is added.
  void add_arguments_to(CLI::App& command, const std::string& source_name, const std::string& description,
                        IfMissing if_missing);
  void add_options_to(CLI::App& command);

  // Reads the source's root, and writes nothing yet. The output is told what the stores warn of, and that
  // stdout is the destination, if it is; it must outlive what is returned. Throws kUsage for references that
  // cannot be parsed or not be written to, and for a digest file that could not be written; as open_source,
  // open_destination, TransportArguments::both, PruneOption::open_store and SelectionOptions::check_place.
  [[nodiscard]] OpenedSides open(const SelectionOptions& selection, Output& output) const;

  [[nodiscard]] WriteOptions options() const;
};

}  // namespace imgcrypt::cli
