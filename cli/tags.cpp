#include "base/text/short_list.hpp"
#include "cli/commands.hpp"
#include "cli/options/images/transport_arguments.hpp"
#include "transport/open.hpp"

#include <memory>
#include <set>

namespace imgcrypt::cli {
namespace {

struct TagsArguments {
  std::string reference;
  TransportArguments transport;
};

JsonObject json_of(const ListedImage& image) {
  JsonObject json;
  json.add("position", image.position).add_or_null("tag", image.tag).add_or_null("name", image.name);
  const bool has_platform = image.root && image.root->platform;
  if (image.root) {
    json.add("digest", image.root->digest.string());
    json.add("mediaType", image.root->media_type).add("size", image.root->size);
  }
  json.add_or_null("platform", has_platform ? std::optional(image.root->platform->string()) : std::nullopt);
  return json.add_or_null("problem", image.problem ? std::optional(image.problem->message()) : std::nullopt);
}

void run_tags(const TagsArguments& arguments, Output& output) {
  const Reference reference = Reference::parse(arguments.reference, ReferenceUse::kList);
  Text lines;
  std::set<std::string> names;  // of one image that is listed twice there is one line
  std::vector<std::string> unreadable;
  std::vector<std::string> untagged;
  JsonArray images;
  for (const ListedImage& image : list_images(reference, arguments.transport.one(output))) {
    images.add(json_of(image));
    const std::string place = reference.string() + ":@" + std::to_string(image.position);
    if (image.problem) {
      unreadable.push_back(place + " cannot be read: " + image.problem->message());
      continue;
    }
    const std::string tag = image.tag ? *image.tag : image.name.value_or("");
    const std::string line = image.usable_name.value_or(":@" + std::to_string(image.position) + " " + tag);
    if (tag.empty()) {
      untagged.push_back(place);
    } else if (names.insert(line).second) {
      lines.add_line(line);
    }
  }
  output.say_of_all(Importance::kWarning, unreadable, "entries cannot be read");
  if (!untagged.empty()) {
    output.note(std::to_string(untagged.size()) + (untagged.size() == 1 ? " entry has" : " entries have") +
                " no tag: " + short_list(untagged));
  }
  if (!lines.empty()) output.print_text(lines);
  output.print_json(JsonObject().add("reference", reference.string()).add("images", images));
}

}  // namespace

void define_tags(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<TagsArguments>();
  command
      .add_option(
          "STORE", arguments->reference,
          "store to list: oci:DIR, docker://HOST/REPOSITORY, oci-archive:FILE, docker-archive:FILE or -")
      ->required();
  arguments->transport.add_to(command, RegistrySides::kOne);
  command.callback([arguments, &output] { run_tags(*arguments, output); });
}

}  // namespace imgcrypt::cli
