// --referrers: what becomes of signatures, SBOMs and whatever else refers to an image by its digest.
#pragma once

#include "image/change/referrers.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace imgcrypt::cli {

struct ReferrersOption {
  std::string choice = "drop";

  void add_to(CLI::App& command) {
    command
        .add_option("--referrers", choice,
                    "what to do with signatures, SBOMs and what else refers to the image by its digest: drop "
                    "(the default) leaves them behind and says how many there are, copy takes them along")
        ->check(CLI::IsMember({"drop", "copy"}))
        ->type_name("drop|copy");
  }
  [[nodiscard]] ReferrersChoice value() const {
    return choice == "copy" ? ReferrersChoice::kCopy : ReferrersChoice::kDrop;
  }
};

}  // namespace imgcrypt::cli
