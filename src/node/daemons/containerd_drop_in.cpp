#include "node/daemons/containerd_drop_in.hpp"

#include "node/daemons/containerd_imports.hpp"
#include "node/daemons/toml_text.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace imgcrypt {
namespace {

struct LayerType {
  std::string_view processor;  // name of the table
  std::string_view compression;
};

const std::string kLayer = "application/vnd.oci.image.layer.v1.tar";
constexpr std::array kLayerTypes = {
    LayerType{"io.containerd.ocicrypt.decoder.v1.tar", ""},
    LayerType{"io.containerd.ocicrypt.decoder.v1.tar.gzip", "+gzip"},
    LayerType{"io.containerd.ocicrypt.decoder.v1.tar.zstd", "+zstd"},
};

std::string encrypted(const LayerType& type) { return kLayer + std::string(type.compression) + "+encrypted"; }

std::string line(const std::string& key, const std::string& value) {
  return "  " + key + " = " + value + "\n";
}

bool is_own_name(const std::string& processor) {
  return std::ranges::find(kLayerTypes, processor, &LayerType::processor) != kLayerTypes.end();
}

bool takes_encrypted_layers(const StreamProcessor& processor) {
  return std::ranges::any_of(kLayerTypes, [&](const LayerType& type) {
    return std::ranges::find(processor.accepts, encrypted(type)) != processor.accepts.end();
  });
}

// A processor in force that the drop-in would compete with, instead of replacing it.
void check_no_rival(const ContainerdConfig& config, const ContainerdFiles& files) {
  for (const StreamProcessor& processor : config.processors) {
    const bool is_own = is_own_name(processor.name);
    // Imports are stronger than the main file.
    const bool is_replaced = is_own && (processor.file == files.main || processor.file == files.drop_in);
    if (!is_replaced && (is_own || takes_encrypted_layers(processor)))
      throw Error(ErrorCode::kRefused,
                  processor.file + " already has a stream processor for encrypted layers, " + processor.name,
                  "take the table out of that file, then try again");
  }
}

std::string main_file_of(int version) { return "version = " + std::to_string(version) + "\n"; }

}  // namespace

std::string stream_processor_tables(const DecoderSetup& setup) {
  std::string text;
  for (const LayerType& type : kLayerTypes) {
    text += "\n[stream_processors." + quote_toml(type.processor) + "]\n";
    text += line("accepts", quote_toml(std::vector{encrypted(type)}));
    text += line("returns", quote_toml(kLayer + std::string(type.compression)));
    text += line("path", quote_toml(setup.decoder));
    text += line("args", quote_toml(std::vector<std::string>{"--decryption-keys-path", setup.keys}));
    text += line("env", quote_toml(std::vector{"OCICRYPT_KEYPROVIDER_CONFIG=" + setup.provider_config}));
  }
  return text;
}

std::string containerd_drop_in(const DecoderSetup& setup, std::optional<int> version) {
  return own_mark("imgcrypt config containerd") + (version.value_or(1) < 2 ? "" : main_file_of(*version)) +
         stream_processor_tables(setup);
}

ContainerdFiles containerd_files(const std::string& main, const std::string& below) {
  const std::string directory = std::filesystem::path(main).parent_path() / "conf.d";
  return {main, directory + "/imgcrypt.toml", directory + "/imgcrypt*.toml", below};
}

FileEdits install_containerd(const ContainerdFiles& files, const DecoderSetup& setup, int version) {
  const ContainerdConfig config = read_containerd_config(files.main, files.below);
  check_no_rival(config, files);
  const auto main = content_of(files.main, files.below);
  const auto drop_in = content_of(files.drop_in, files.below);
  check_own(files.drop_in, drop_in);
  const std::optional<int> main_version = main ? config.version : version;
  FileEdits edits = {{files.drop_in, drop_in, containerd_drop_in(setup, main_version)}};
  if (imports_file(config, files.drop_in)) return edits;
  if (main)
    edits.push_back(
        {backup_of(files.main), content_of(backup_of(files.main), files.below), main, files.main});
  edits.push_back(
      {files.main, main, with_import(main ? *main : main_file_of(version), files.pattern, files.main)});
  return edits;
}

FileEdits uninstall_containerd(const ContainerdFiles& files) {
  FileEdits edits;
  const auto main = content_of(files.main, files.below);
  const auto backup = content_of(backup_of(files.main), files.below);
  if (main) {
    std::optional<std::string> before = without_import(*main, files.pattern, files.main);
    // Without a backup there was no such file, if nothing of others is in it.
    const bool was_made =
        !backup && *main != *before && (before == main_file_of(2) || before == main_file_of(3));
    if (was_made) before.reset();
    edits.push_back({files.main, main, before});
    if (backup && backup == before) edits.push_back({backup_of(files.main), backup, std::nullopt});
  }
  const auto drop_in = content_of(files.drop_in, files.below);
  check_own(files.drop_in, drop_in);
  edits.push_back({files.drop_in, drop_in, std::nullopt});
  return edits;
}

}  // namespace imgcrypt
