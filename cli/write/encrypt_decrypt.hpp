// The commands `encrypt` and `decrypt`, which `copy` runs as well: with -r and with -k.
#pragma once

#include "cli/options/images/selection_options.hpp"
#include "cli/options/keys/key_options.hpp"
#include "cli/options/keys/recipient_options.hpp"
#include "cli/terminal/output.hpp"
#include "cli/write/write_arguments.hpp"

#include <string>

namespace imgcrypt::cli {

struct EncryptArguments {
  WriteArguments write;
  RecipientOptions recipients;
  SelectionOptions selection;
  std::string base;  // REF of --skip-base; empty: not given
  KeyOptions keys;
};

struct DecryptArguments {
  WriteArguments write;
  SelectionOptions selection;
  bool is_partial = false;
  std::string diff_ids = "auto";
  KeyOptions keys;
};

// Both open the images, do the work and print the result. Call one of them, once.
// They throw what encrypt_image(), decrypt_image() and the stores throw, kUsage for arguments that cannot be
// used, and as finish().
void run_encrypt(const EncryptArguments& options, Output& output);
void run_decrypt(const DecryptArguments& options, Output& output);

}  // namespace imgcrypt::cli
