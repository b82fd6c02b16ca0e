// --follow-links: for layouts whose blobs are symbolic links, as Bazel makes them.
#pragma once

#include "transport/open.hpp"

#include <CLI/CLI.hpp>

namespace imgcrypt::cli {

struct LinksOption {
  bool is_given = false;

  void add_to(CLI::App& command) {
    command.add_flag("--follow-links", is_given,
                     "follow symbolic links in the layout that is read: only for layouts that you made "
                     "yourself, as links can name any of your files");
  }
  [[nodiscard]] Links value() const noexcept { return is_given ? Links::kFollow : Links::kRefuse; }
};

}  // namespace imgcrypt::cli
