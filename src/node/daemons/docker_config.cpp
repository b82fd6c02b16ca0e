#include "node/daemons/docker_config.hpp"

#include "base/text/json.hpp"
#include "base/text/text_edits.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

constexpr const char* kFeature = "containerd-snapshotter";

Error refused(const std::string& path, const std::string& what) {
  return {ErrorCode::kRefused, path + " " + what,
          "edit it by hand: \"features\": {\"containerd-snapshotter\": true}"};
}

// As the first member of the object, on a line of its own.
std::string with_first_member(std::string_view text, const JsonView& object, const std::string& member,
                              const std::string& indent) {
  const std::string line = "\n" + indent + member + (object.members().empty() ? "" : ",");
  TextEdits edits(text);
  edits.insert_after(object.text().substr(0, 1), line);
  return edits.apply();
}

// nullopt: it has the feature already.
std::optional<std::string> with_feature(const std::string& text, const std::string& path) {
  const JsonView root(text);
  if (root.kind() != JsonView::Kind::kObject) throw refused(path, "is not a JSON object");
  const std::string member = quote_json(kFeature) + ": true";
  const auto features = root.find("features");
  if (!features) return with_first_member(text, root, "\"features\": {" + member + "}", "  ");
  if (features->kind() != JsonView::Kind::kObject) throw refused(path, "has features that are not an object");
  const auto present = features->find(kFeature);
  if (!present) return with_first_member(text, *features, member, "    ");
  if (present->text() == "true") return std::nullopt;
  throw refused(path, std::string("turns ") + kFeature + " off");
}

}  // namespace

std::string docker_config() {
  return "{\n  \"features\": {\n    " + quote_json(kFeature) + ": true\n  }\n}\n";
}

FileEdits install_docker(const std::string& path, const std::string& below) {
  const auto present = content_of(path, below);
  if (!present) return {{path, present, docker_config()}};
  const std::string text = checked_json(as_bytes(*present), path);
  const auto edited = with_feature(text, path);
  if (!edited) return {};
  const std::string backup = backup_of(path);
  return {{backup, content_of(backup, below), present, path}, {path, present, edited}};
}

FileEdits uninstall_docker(const std::string& path, const std::string& below) {
  const auto present = content_of(path, below);
  const auto backup = content_of(backup_of(path), below);
  if (present == docker_config() && !backup) return {{path, present, std::nullopt}};
  if (!present || !backup) return {};
  if (with_feature(*backup, path) != present)
    throw Error(ErrorCode::kRefused, path + " was changed since it was installed",
                "edit it by hand; " + backup_of(path) + " is what it was before");
  return {{path, present, backup}, {backup_of(path), backup, std::nullopt}};
}

}  // namespace imgcrypt
