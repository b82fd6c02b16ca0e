#include "cli/write/write_arguments.hpp"

#include "transport/open.hpp"

#include <utility>

namespace imgcrypt::cli {

void WriteArguments::add_arguments_to(CLI::App& command, const std::string& source_name,
                                      const std::string& description, IfMissing if_missing) {
  add_source_argument(command, source_name, source, description);
  add_destination_argument(command, destination, if_missing);
}

void WriteArguments::add_options_to(CLI::App& command) {
  prune.add_to(command);
  transport.add_to(command, RegistrySides::kBoth);
  dry_run.add_to(command);
  referrers.add_to(command);
  jobs.add_to(command);
  digest_file.add_to(command);
}

OpenedSides WriteArguments::open(const SelectionOptions& selection, Output& output) const {
  digest_file.check();
  const Reference from = Reference::parse(source);
  // Without a destination: where it came from, if the name still means this image when it is committed.
  const Reference to = destination.empty() ? from : Reference::parse(destination, ReferenceUse::kWrite);
  if (to.is_stdout()) output.move_results_to_stderr();
  auto [reading, writing] = transport.both(output);
  TransportOptions of_source = reading;
  of_source.is_wanted = wanted_by(selection.value());
  auto opened = open_source(from, of_source);
  writing.origin = Origin{from, opened->root()};
  selection.check_place(*writing.origin, to);
  auto store = prune.open_store(to, writing);
  auto written = open_destination(to, writing);
  prune.check(*written, to);
  Reference target = written_reference(to, *writing.origin);
  return {std::move(opened), std::move(target), std::move(written), std::move(store), std::move(reading)};
}

WriteOptions WriteArguments::options() const { return {referrers.value(), dry_run.value(), jobs.value()}; }

}  // namespace imgcrypt::cli
