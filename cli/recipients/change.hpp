// What the commands that change recipients have in common: where the image is read and written, and how the
// result is printed.
#pragma once

#include "cli/former_image.hpp"
#include "cli/options/digest_file_option.hpp"
#include "cli/options/dry_run_option.hpp"
#include "cli/options/image_sides.hpp"
#include "cli/options/jobs_option.hpp"
#include "cli/terminal/output.hpp"
#include "image/recipients/change_recipients.hpp"

#include <CLI/CLI.hpp>

namespace imgcrypt::cli {

struct ChangeArguments {
  ImageSides sides;
  DryRunOption dry_run;
  JobsOption jobs;
  DigestFileOption digest_file;

  // REF and DST. Call this first, add_options_to last: --help lists them in this order.
  void add_places_to(CLI::App& command);
  void add_options_to(CLI::App& command);
  [[nodiscard]] RecipientsOptions options(BlobCheck check) const;
};

// As ImageSides::open. Throws kUsage as well if the digest file could not be written.
[[nodiscard]] OpenedSides open_sides(const ChangeArguments& arguments, Output& output);

// Also writes the digest file and settles the former image, unless it was a dry run. Throws as
// DigestFileOption::write and Output::print_result, and when pruning failed; the image is complete by then.
void print_change(const RecipientsResult& result, const OpenedSides& image, FormerReaders readers,
                  const ChangeArguments& arguments, Output& output);

}  // namespace imgcrypt::cli
