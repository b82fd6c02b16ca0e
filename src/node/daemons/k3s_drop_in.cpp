#include "node/daemons/k3s_drop_in.hpp"

#include "node/daemons/containerd_config.hpp"
#include "node/daemons/containerd_drop_in.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <filesystem>

namespace imgcrypt {
namespace {

constexpr const char* kCommand = "imgcrypt config k3s";
constexpr std::string_view kEnd = "# The end of what imgcrypt has written\n";
const std::string kBase = "{{ template \"base\" . }}\n";

// In a file that is a template, only lines tell.
void check_no_processors(const std::string& text, const std::string& path) {
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#') continue;
    if (line.find("stream_processors") != std::string_view::npos)
      throw Error(ErrorCode::kRefused,
                  path + ":" + std::to_string(number + 1) + ": the template has stream processors already",
                  "take them out of the template, then try again");
  }
}

// Where our text is, with the newline before it.
struct Part {
  std::size_t begin = std::string::npos;
  std::size_t length = 0;
};

Part own_part(const std::string& text, const std::string& path) {
  const std::size_t begin = text.find("\n" + own_mark(kCommand));
  if (begin == std::string::npos) return {};
  const std::size_t end = text.find(kEnd, begin);
  if (end == std::string::npos)
    throw Error(ErrorCode::kRefused, path + ": the end of what imgcrypt has written was removed",
                "take the rest of it out by hand");
  return {begin, end + kEnd.size() - begin};
}

std::string without_own(const std::string& text, const std::string& path) {
  const Part part = own_part(text, path);
  return part.begin == std::string::npos ? text : std::string(text).erase(part.begin, part.length);
}

FileEdits install_template(const K3sFiles& files, const DecoderSetup& setup) {
  const auto present = content_of(files.path, files.below);
  const std::string before = present ? without_own(*present, files.path) : kBase;
  check_no_processors(before, files.path);
  FileEdits edits;
  const std::string backup = backup_of(files.path);
  // Of the file as it was without us; not again when only our part is renewed.
  if (present && *present == before)
    edits.push_back({backup, content_of(backup, files.below), present, files.path});
  edits.push_back({files.path, present, before + "\n" + k3s_text(files, setup)});
  return edits;
}

FileEdits uninstall_template(const K3sFiles& files) {
  const auto present = content_of(files.path, files.below);
  if (!present) return {};
  const auto backup = content_of(backup_of(files.path), files.below);
  std::optional<std::string> before = without_own(*present, files.path);
  if (!backup && before == kBase && before != present) before.reset();
  FileEdits edits = {{files.path, present, before}};
  if (backup && backup == before) edits.push_back({backup_of(files.path), backup, std::nullopt});
  return edits;
}

}  // namespace

K3sFiles k3s_files(const std::string& data_directory, std::optional<int> version, const std::string& below) {
  const std::string directory = data_directory + "/agent/etc/containerd/";
  const ContainerdConfig config = read_containerd_config(directory + "config.toml", below);
  if (config.version) version = config.version;
  if (!version)
    throw Error(ErrorCode::kNotFound, directory + "config.toml does not exist, or has no version",
                "start k3s once, or give the version of its containerd with --version");
  const std::string name = *version < 3 ? "config.toml" : "config-v3.toml";
  const std::string drop_in = directory + name + ".d/imgcrypt.toml";
  if (imports_file(config, drop_in)) return {K3sFiles::Kind::kDropIn, drop_in, version, below};
  return {K3sFiles::Kind::kTemplate, directory + name + ".tmpl", version, below};
}

std::string k3s_text(const K3sFiles& files, const DecoderSetup& setup) {
  const bool is_part = files.kind == K3sFiles::Kind::kTemplate;
  const std::string tables = stream_processor_tables(setup);
  if (is_part && tables.find("{{") != std::string::npos)
    throw Error(ErrorCode::kUsage, "a path holds {{, which a template cannot");
  if (is_part) return own_mark(kCommand) + tables + "\n" + std::string(kEnd);
  return own_mark(kCommand) + "version = " + std::to_string(files.version.value_or(2)) + "\n" + tables;
}

FileEdits install_k3s(const K3sFiles& files, const DecoderSetup& setup) {
  if (files.kind == K3sFiles::Kind::kTemplate) return install_template(files, setup);
  const auto present = content_of(files.path, files.below);
  check_own(files.path, present);
  return {{files.path, present, k3s_text(files, setup)}};
}

FileEdits uninstall_k3s(const K3sFiles& files) {
  if (files.kind == K3sFiles::Kind::kTemplate) return uninstall_template(files);
  const auto present = content_of(files.path, files.below);
  check_own(files.path, present);
  return {{files.path, present, std::nullopt}};
}

}  // namespace imgcrypt
