#include "cli/command.hpp"

#include <algorithm>
#include <thread>

namespace imgcrypt::cli {

CLI::Option* make_repeatable(CLI::Option* option, const std::string& type) {
  return option->take_all()->expected(1)->allow_extra_args(false)->type_name(type);
}

CLI::Option* ListOption::add_to(CLI::App& command, const std::string& names, const std::string& description,
                                const std::string& type) {
  return make_repeatable(command.add_option(names, lists, description), type);
}

std::vector<std::string> ListOption::values() const {
  std::vector<std::string> values;
  for (const std::string& list : lists) {
    std::string_view rest = list;
    while (true) {
      const std::size_t comma = rest.find(',');
      values.emplace_back(rest.substr(0, comma));
      if (values.back().empty()) {
        throw Error(ErrorCode::kUsage, "nothing stands at one place of the list \"" + list + "\"",
                    "leave out a comma, or add the value");
      }
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return values;
}

void JobsOption::add_to(CLI::App& command) {
  command.add_option("-j,--jobs", jobs, "layers to work on side by side (default: the number of cores)")
      ->check(CLI::Range(1U, 1024U))
      ->type_name("N");
}

unsigned JobsOption::value() const {
  return jobs != 0 ? jobs : std::max(std::thread::hardware_concurrency(), 1U);
}

JsonObject image_result(const Reference& reference, const Descriptor& root) {
  JsonObject result;
  result.add("reference", reference.string()).add("digest", root.digest.string());
  return result.add("mediaType", root.media_type).add("size", root.size);
}

JsonObject written_result(const Reference& target, const std::optional<Descriptor>& root,
                          const std::optional<Digest>& replaced) {
  JsonObject result = root ? image_result(target, *root) : JsonObject().add("reference", target.string());
  return result.add("dryRun", !root)
      .add_or_null("replaced", replaced ? std::optional(replaced->string()) : std::nullopt);
}

JsonObject layer_result(const std::string& place, const Descriptor& layer) {
  return JsonObject().add("place", place).add("digest", layer.digest.string());
}

JsonObject recipient_json(const PacketRecipient& recipient) {
  return JsonObject()
      .add("scheme", recipient.scheme)
      .add("algorithm", recipient.algorithm)
      .add("keyKind", recipient.key_kind)
      .add("fingerprint", recipient.fingerprint)
      .add("problem", recipient.problem);
}

}  // namespace imgcrypt::cli
