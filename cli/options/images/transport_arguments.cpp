#include "cli/options/images/transport_arguments.hpp"

#include <utility>

namespace imgcrypt::cli {

void TransportArguments::add_to(CLI::App& command, RegistrySides sides) {
  links.add_to(command);
  tmpdir.add_to(command);
  registry.add_to(command, sides);
}

TransportOptions TransportArguments::one(Output& output) const { return with(registry.one(output), output); }

TransportArguments::Both TransportArguments::both(Output& output) const {
  RegistryArguments::Both registries = registry.both(output);
  return {with(std::move(registries.source), output), with(std::move(registries.destination), output)};
}

TransportOptions TransportArguments::with(RegistryOptions options, Output& output) const {
  return {.links = links.value(),
          .warn = warn_through(output),
          .registry = std::move(options),
          .temporary_directory = tmpdir.value()};
}

}  // namespace imgcrypt::cli
