// REF of a command that only reads an image: the argument that names it, the options that say how it is
// opened, and the opening. For the main thread; like every option struct, it must outlive the parsing.
#pragma once

#include "cli/options/images/transport_arguments.hpp"
#include "cli/terminal/output.hpp"
#include "image/tree/selection.hpp"
#include "transport/image_store.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace imgcrypt::cli {

struct ReadImage {
  std::string reference;
  TransportArguments transport;

  // `description` is that of REF in the help.
  void add_argument_to(CLI::App& command, const std::string& description);
  void add_options_to(CLI::App& command);

  // `selection` decides where the reference names several images. The output must outlive what is returned.
  // Throws as Reference::parse, TransportArguments::one and open_source.
  [[nodiscard]] std::unique_ptr<ImageSource> open(const Selection& selection, Output& output) const;
};

}  // namespace imgcrypt::cli
