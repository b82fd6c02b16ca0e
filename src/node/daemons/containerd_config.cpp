#include "node/daemons/containerd_config.hpp"

#include "node/daemons/toml_text.hpp"

#include <imgcrypt/error.hpp>

#include <fnmatch.h>
#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <memory>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 1000;

// The plugins that pull for CRI: of containerd 1.x, and of 2.x.
constexpr std::array kImagePlugins = {"io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images"};

bool is_pattern(const std::string& path) { return path.find('*') != std::string::npos; }

// So that glob(3) takes it for what it is.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::vector<std::string> files_of(const std::string& pattern, const std::string& below) {
  if (!is_pattern(pattern)) return {pattern};
  glob_t found = {};
  const std::unique_ptr<glob_t, decltype(&::globfree)> owner(&found, &::globfree);
  std::vector<std::string> files;
  if (::glob((escaped(below) + pattern).c_str(), 0, nullptr, &found) != 0) return files;  // sorted
  for (std::size_t i = 0; i < found.gl_pathc; ++i)
    files.emplace_back(std::string(found.gl_pathv[i]).substr(below.size()));
  return files;
}

// Reads one file after the other, as containerd does: breadth first, each once.
class Reader {
 public:
  explicit Reader(std::string below) : below_(std::move(below)) {}

  ContainerdConfig read(const std::string& main) {
    pending_.push_back(main);
    while (!pending_.empty()) {
      const std::string file = std::move(pending_.front());
      pending_.pop_front();
      if (std::ranges::find(config_.files, file) != config_.files.end()) continue;
      if (config_.files.size() == kMostFiles)
        throw Error(ErrorCode::kRefused, main + " imports too many files");
      if (::access((below_ + file).c_str(), F_OK) != 0) {
        if (file == main) break;
        throw Error(ErrorCode::kRefused, file + ", which is imported, does not exist",
                    "containerd does not start so: write a pattern, such as *.toml, or take the import away");
      }
      add(file);
    }
    return std::move(config_);
  }

 private:
  void add(const std::string& file) {
    const toml::table table = parse_toml(read_config_file(below_ + file), file);
    if (config_.files.empty()) config_.version = table["version"].value<int>();
    config_.files.push_back(file);
    if (auto root = string_in(table, "root", file); !root.empty()) config_.root = std::move(root);
    if (auto state = string_in(table, "state", file); !state.empty()) config_.state = std::move(state);
    add_address(table);
    add_processors(table, file);
    add_pull_timeout(table, file);
    for (const std::string& import : strings_in(table, "imports", file)) {
      const std::string path = (fs::path(file).parent_path() / import).lexically_normal();
      config_.imports.push_back(path);
      for (std::string& imported : files_of(path, below_)) pending_.push_back(std::move(imported));
    }
  }

  void add_processors(const toml::table& table, const std::string& file) {
    const toml::node* processors = table.get("stream_processors");
    if (processors == nullptr) return;
    if (!processors->is_table()) throw wrong_type(file, "stream_processors", "a table");
    for (const auto& [key, node] : *processors->as_table()) {
      const toml::table* fields = node.as_table();
      if (fields == nullptr) throw wrong_type(file, "stream_processors." + std::string(key), "a table");
      // A table of the same name is replaced as a whole.
      std::erase_if(config_.processors, [&](const StreamProcessor& p) { return p.name == key.str(); });
      config_.processors.push_back({std::string(key), strings_in(*fields, "accepts", file),
                                    string_in(*fields, "returns", file), string_in(*fields, "path", file),
                                    strings_in(*fields, "args", file), strings_in(*fields, "env", file),
                                    file});
    }
  }

  // Of containerd 1.x to 2.2, and of later ones.
  void add_address(const toml::table& table) {
    for (const auto& grpc : {table["grpc"], table["plugins"]["io.containerd.server.v1.grpc"]}) {
      if (auto address = grpc["address"].value<std::string>()) config_.address = std::move(*address);
    }
  }

  void add_pull_timeout(const toml::table& table, const std::string& file) {
    for (const char* plugin : kImagePlugins) {
      const auto timeout = table["plugins"][plugin]["image_pull_progress_timeout"].value<std::string>();
      if (!timeout) continue;
      config_.pull_timeout = *timeout;
      config_.pull_timeout_file = file;
    }
  }

  std::string below_;
  ContainerdConfig config_;
  std::deque<std::string> pending_;
};

}  // namespace

ContainerdConfig read_containerd_config(const std::string& file, const std::string& below) {
  return Reader(below).read(file);
}

bool imports_file(const ContainerdConfig& config, const std::string& file) {
  // Go's patterns: * and ? do not match a slash.
  return std::ranges::any_of(config.imports, [&](const std::string& pattern) {
    return is_pattern(pattern) ? ::fnmatch(pattern.c_str(), file.c_str(), FNM_PATHNAME) == 0
                               : pattern == file;
  });
}

}  // namespace imgcrypt
