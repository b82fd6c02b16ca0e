#include "base/text/short_list.hpp"
#include "cli/commands.hpp"
#include "cli/inspect/key_owners.hpp"
#include "cli/json/results.hpp"
#include "cli/options/images/read_image.hpp"
#include "image/recipients/remove_recipients.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

std::string line_of(const RecipientList& list, std::size_t place) {
  const ListedRecipient& listed = list.recipients[place];
  return std::to_string(place) + "  " + listed.recipient.recipient.text + "  " +
         std::to_string(listed.layers) + " of " + std::to_string(list.layers) + " layers";
}

JsonObject json_of(const ListedRecipient& listed) {
  return recipient_result(listed.recipient.recipient).add("layers", listed.layers);
}

void run_recipients_list(const ReadImage& image, Output& output) {
  const auto source = image.open({}, output);
  RecipientList list = list_recipients(*source);
  std::vector<PacketRecipient*> named;
  for (ListedRecipient& listed : list.recipients) named.push_back(&listed.recipient.recipient);
  name_key_owners(named);
  Text lines;
  JsonArray recipients;
  for (std::size_t i = 0; i < list.recipients.size(); ++i) {
    lines.add_line(line_of(list, i));
    recipients.add(json_of(list.recipients[i]));
  }
  if (!list.without.empty()) {
    output.warn((list.without.size() == 1 ? "a layer has no recipients, so that no key opens it: "
                                          : "layers have no recipients, so that no key opens them: ") +
                short_list(list.without));
  }
  output.print_result(list.layers == 0 ? Text("not encrypted") : lines,
                      JsonObject().add("encryptedLayers", list.layers).add("recipients", recipients));
}

}  // namespace

void define_recipients_list(CLI::App& command, Output& output) {
  const auto image = std::make_shared<ReadImage>();
  image->add_argument_to(command, "image to read");
  image->add_options_to(command);
  command.callback([image, &output] { run_recipients_list(*image, output); });
}

}  // namespace imgcrypt::cli
