// What the commands that change recipients have in common: where the image is read and written, and how the
// result is printed.
#pragma once

#include "cli/former_image.hpp"
#include "cli/options/digest_file_option.hpp"
#include "cli/options/dry_run_option.hpp"
#include "cli/options/jobs_option.hpp"
#include "cli/options/links_option.hpp"
#include "cli/options/prune_option.hpp"
#include "cli/terminal/output.hpp"
#include "image/recipients/change_recipients.hpp"
#include "transport/image_store.hpp"
#include "transport/reference.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace imgcrypt::cli {

struct ChangeArguments {
  std::string source;
  std::string destination;  // empty: in place
  PruneOption prune;
  LinksOption links;
  DryRunOption dry_run;
  JobsOption jobs;
  DigestFileOption digest_file;

  // REF and DST. Call this first, add_options_to last: --help lists them in this order.
  void add_places_to(CLI::App& command);
  void add_options_to(CLI::App& command);
  [[nodiscard]] RecipientsOptions options(BlobCheck check) const;
};

// An image that is about to be changed. `target` is what the result is called, also in place.
struct OpenedImage {
  std::unique_ptr<ImageSource> source;
  Reference target;
  std::unique_ptr<ImageDestination> destination;
  std::unique_ptr<SharedStore> store;  // of the destination; may be null
};

// Writes nothing yet. Throws as open_source, open_destination and PruneOption::open_store, and kUsage if the
// digest file could not be written.
[[nodiscard]] OpenedImage open_image(const ChangeArguments& arguments, Output& output);

// Also writes the digest file and settles the former image, unless it was a dry run. Throws as
// DigestFileOption::write and Output::print_result, and when pruning failed; the image is complete by then.
void print_change(const RecipientsResult& result, const OpenedImage& image, FormerReaders readers,
                  const ChangeArguments& arguments, Output& output);

}  // namespace imgcrypt::cli
