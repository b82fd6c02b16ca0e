// The command `encrypt`, which `copy -r` runs as well.
#pragma once

#include "cli/options/digest_file_option.hpp"
#include "cli/options/dry_run_option.hpp"
#include "cli/options/image_sides.hpp"
#include "cli/options/jobs_option.hpp"
#include "cli/options/key_options.hpp"
#include "cli/options/recipient_options.hpp"
#include "cli/options/referrers_option.hpp"
#include "cli/options/selection_options.hpp"
#include "cli/terminal/output.hpp"

#include <string>

namespace imgcrypt::cli {

struct EncryptArguments {
  ImageSides sides;
  RecipientOptions recipients;
  std::string base;
  DryRunOption dry_run;
  SelectionOptions selection;
  KeyOptions keys;
  ReferrersOption referrers;
  JobsOption jobs;
  DigestFileOption digest_file;
};

// Opens the images, does the work and prints the result. Call once: it consumes IMGCRYPT_KEY. Throws what
// encrypt_image() and the stores throw, and kUsage for arguments that cannot be used.
void run_encrypt(const EncryptArguments& options, Output& output);

}  // namespace imgcrypt::cli
