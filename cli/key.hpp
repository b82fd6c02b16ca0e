// The commands below imgcrypt key.
#pragma once

#include "cli/command.hpp"

namespace imgcrypt::cli {

void add_key_generate(CLI::App& key, Output& output);
void add_key_show(CLI::App& key, Output& output);

}  // namespace imgcrypt::cli
