// What the commands that change recipients have in common.
#pragma once

#include "cli/terminal/output.hpp"
#include "cli/write/former_image.hpp"
#include "cli/write/write_arguments.hpp"
#include "image/recipients/change_recipients.hpp"

#include <CLI/CLI.hpp>

namespace imgcrypt::cli {

// REF and DST; without DST the image is changed in place.
void add_changed_image(CLI::App& command, WriteArguments& write);

// As finish().
void finish_change(const RecipientsResult& result, const OpenedSides& image, FormerReaders readers,
                   const WriteArguments& write, Output& output);

}  // namespace imgcrypt::cli
