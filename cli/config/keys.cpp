#include "cli/commands.hpp"
#include "cli/config/setup_options.hpp"
#include "cli/config/usable_key.hpp"
#include "cli/options/keys/passphrase.hpp"
#include "node/daemons/key_list.hpp"
#include "node/defaults.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <iterator>
#include <memory>

namespace imgcrypt::cli {
namespace {

using Names = std::vector<std::string>;

struct KeysArguments {
  Names keys;
  std::string from;
  std::string directory = kDefaultKeyDirectory;
  std::string root;
  bool force = false;
  bool install = false;  // the default, so nothing reads it
  bool uninstall = false;

  [[nodiscard]] std::string below_root() const { return root + directory; }
  [[nodiscard]] IfStored if_stored() const noexcept { return force ? IfStored::kReplace : IfStored::kRefuse; }
};

std::string word_for(StoreChange change) {
  switch (change) {
    case StoreChange::kNone:
      return "unchanged";
    case StoreChange::kWritten:
      return "written";
    case StoreChange::kReplaced:
      return "changed";
  }
  return {};
}

// What became of the keys, for both forms of the result.
class KeysReport {
 public:
  KeysReport(std::string directory, Output& output) : directory_(std::move(directory)), output_(output) {}

  void made_directory(StoreChange change) {
    directory_change_ = word_for(change);
    output_.print_text(directory_change_ + " " + directory_);
  }
  void stored(const UsableKey& key, StoreChange change) {
    add(key.stored.name, word_for(change), key.fingerprint, key.stored.passphrase.has_value());
  }
  void removed(const std::string& name) { add(name, "removed", {}, false); }
  void finish() {
    output_.print_json(
        JsonObject().add("directory", directory_).add("change", directory_change_).add("keys", keys_));
  }

 private:
  void add(const std::string& name, const std::string& change, const std::optional<std::string>& fingerprint,
           bool has_passphrase) {
    const std::string file = directory_ + "/" + name;
    output_.print_text(change + " " + file + (fingerprint ? " (" + *fingerprint + ")" : ""));
    keys_.add(JsonObject()
                  .add("file", file)
                  .add("change", change)
                  .add_or_null("fingerprint", fingerprint)
                  .add("passphrase", has_passphrase));
  }

  std::string directory_;
  Output& output_;
  std::string directory_change_ = word_for(StoreChange::kNone);
  JsonArray keys_;
};

// Before anything is written: a key that is wrong must not leave half of them.
std::vector<UsableKey> read_all_usable(const KeysArguments& arguments, const std::string& directory,
                                       Output& output) {
  std::vector<UsableKey> keys;
  for (const std::string& text : arguments.keys) {
    UsableKey key = read_usable_key(text, output);
    (void)planned_change(directory, key.stored, arguments.if_stored());
    if (std::ranges::any_of(keys, [&](const UsableKey& k) { return k.stored.name == key.stored.name; }))
      throw Error(ErrorCode::kUsage, "two of the keys are called " + key.stored.name,
                  "rename one of the files");
    keys.push_back(std::move(key));
  }
  return keys;
}

void store_keys(const KeysArguments& arguments, Output& output) {
  const std::string directory = arguments.below_root();
  const std::vector<UsableKey> keys = read_all_usable(arguments, directory, output);
  KeysReport report(directory, output);
  report.made_directory(prepare_key_directory(directory));
  for (const UsableKey& key : keys)
    report.stored(key, store_key(directory, key.stored, arguments.if_stored()));
  report.finish();
}

bool contains(const Names& names, const std::string& name) { return std::ranges::binary_search(names, name); }

// --from: the keys of a directory take the place of those that were put there like this before. The list
// names all that may be there at any moment, so that a set which was half stored is completed or taken away
// the next time. What somebody else has put there is not listed.
void store_set(const KeysArguments& arguments, Output& output) {
  const std::string directory = arguments.below_root();
  const std::vector<UsableKey> keys = read_usable_keys_of(arguments.from, output);
  const Names former = listed_keys(directory);
  const auto if_stored = [&](const UsableKey& key) {
    return contains(former, key.stored.name) ? IfStored::kReplace : arguments.if_stored();
  };
  Names names;
  for (const UsableKey& key : keys) {
    const StoreChange change = planned_change(directory, key.stored, if_stored(key));
    if (change != StoreChange::kNone || contains(former, key.stored.name)) names.push_back(key.stored.name);
  }
  KeysReport report(directory, output);
  report.made_directory(prepare_key_directory(directory));
  Names all;
  std::ranges::set_union(former, names, std::back_inserter(all));
  list_keys(directory, all);
  for (const UsableKey& key : keys) report.stored(key, store_key(directory, key.stored, if_stored(key)));
  for (const std::string& name : former) {
    if (contains(names, name)) continue;
    remove_key(directory, name);
    report.removed(name);
  }
  list_keys(directory, names);
  report.finish();
}

void remove_set(const KeysArguments& arguments, Output& output) {
  const std::string directory = arguments.below_root();
  const Names names = listed_keys(directory);
  if (names.empty()) output.note("nothing to do: no keys were put there with --from");
  KeysReport report(directory, output);
  for (const std::string& name : names) {
    remove_key(directory, name);
    report.removed(name);
  }
  if (!names.empty()) {
    list_keys(directory, {});
    remove_empty_key_directory(directory);
  }
  report.finish();
}

void run_keys(const KeysArguments& arguments, Output& output) {
  require_absolute("--keys", arguments.directory);
  if (arguments.uninstall) return remove_set(arguments, output);
  if (!arguments.from.empty()) return store_set(arguments, output);
  store_keys(arguments, output);
}

}  // namespace

void define_config_keys(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<KeysArguments>();
  CLI::Option* keys = command.add_option("KEY", arguments->keys, "keys to put there: " + key_argument_help());
  command
      .add_option(
          "--from", arguments->from,
          "put all keys of this directory there, such as those of a mounted Secret, where NAME.pass is the "
          "passphrase of NAME; those that --from has put there before and DIR no longer has are removed")
      ->type_name("DIR")
      ->excludes(keys);
  CLI::Option* install =
      command.add_flag("--install", arguments->install, "put the keys there, as is done without it");
  command.add_flag("--uninstall", arguments->uninstall, "remove the keys that --from has put there")
      ->excludes(keys)
      ->excludes(install);
  command
      .add_option("--keys", arguments->directory,
                  std::string("key directory of the node (default: ") + kDefaultKeyDirectory + ")")
      ->type_name("DIR");
  command.add_option("--root", arguments->root, "directory that is the root of the node")->type_name("DIR");
  command.add_flag("--force", arguments->force, "replace another key of the same name");
  command.callback([arguments, &output] { run_keys(*arguments, output); });
}

}  // namespace imgcrypt::cli
