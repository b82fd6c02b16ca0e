#include "cli/commands.hpp"
#include "cli/options/links_option.hpp"
#include "cli/options/registry_options.hpp"
#include "cli/options/tmpdir_option.hpp"

#include <memory>
#include <set>

namespace imgcrypt::cli {
namespace {

struct TagsArguments {
  std::string reference;
  LinksOption links;
  RegistryArguments registry;
  TmpdirOption tmpdir;
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
  std::size_t untagged = 0;
  JsonArray images;
  const TransportOptions reading{.links = arguments.links.value(),
                                 .registry = arguments.registry.one(output),
                                 .temporary_directory = arguments.tmpdir.value()};
  for (const ListedImage& image : list_images(reference, reading)) {
    images.add(json_of(image));
    const std::string place = reference.string() + ":@" + std::to_string(image.position);
    if (image.problem) unreadable.push_back(place + " cannot be read: " + image.problem->message());
    const std::string tag = image.tag ? *image.tag : image.name.value_or("");
    const std::string line = image.usable_name.value_or(":@" + std::to_string(image.position) + " " + tag);
    if (tag.empty()) {
      ++untagged;
    } else if (names.insert(line).second) {
      if (!lines.empty()) lines.end_line();
      lines += line;
    }
  }
  output.say_of_all(Importance::kWarning, unreadable, "entries cannot be read");
  if (untagged > 0) {
    output.note(std::to_string(untagged) + (untagged == 1 ? " entry has" : " entries have") +
                " no tag: -o json lists all of them");
  }
  if (!lines.empty()) output.print_text(lines);
  output.print_json(JsonObject().add("reference", reference.string()).add("images", images));
}

}  // namespace

void add_tags(CLI::App& app, Output& output) {
  const auto arguments = std::make_shared<TagsArguments>();
  CLI::App* command = app.add_subcommand("tags", "List the tags of a store");
  command
      ->add_option(
          "STORE", arguments->reference,
          "store to list: oci:DIR, docker://HOST/REPOSITORY, oci-archive:FILE, docker-archive:FILE or -")
      ->required();
  arguments->links.add_to(*command);
  arguments->registry.add_to(*command, RegistrySides::kOne);
  arguments->tmpdir.add_to(*command);
  command->callback([arguments, &output] { run_tags(*arguments, output); });
}

}  // namespace imgcrypt::cli
