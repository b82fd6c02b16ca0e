// The end of every command that writes an image: the digest file, what becomes of the image that had the
// name before, and the result, printed; or what a dry run would do.
#pragma once

#include "cli/json/json_object.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/text.hpp"
#include "cli/write/former_image.hpp"
#include "cli/write/write_arguments.hpp"
#include "image/change/carry_out.hpp"

#include <functional>

namespace imgcrypt::cli {

// What differs between the commands.
struct Ending {
  JsonObject json = {};  // the result, as far as the command knows it
  Text would = {};       // the lines of a dry run; may be empty
  FormerReaders readers = FormerReaders::kKept;
  // What the command does besides when the former image is settled.
  std::function<void(FormerOutcome& former, JsonObject& json)> besides = {};
};

// Call when `result` is there: after that nothing makes the image incomplete. Throws as
// DigestFileOption::write, Output::print_result and `ending.besides`, and what former_image.hpp keeps as a
// failure, after all has been printed.
void finish(const WriteResult& result, const OpenedSides& image, const WriteArguments& arguments,
            Ending ending, Output& output);

}  // namespace imgcrypt::cli
