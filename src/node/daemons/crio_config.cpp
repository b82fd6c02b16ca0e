#include "node/daemons/crio_config.hpp"

#include "node/daemons/crio_drop_in.hpp"
#include "node/daemons/toml_text.hpp"

#include <algorithm>
#include <filesystem>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCrioConfig = "/etc/crio/crio.conf";

std::vector<std::string> crio_files(const std::string& below) {
  std::vector<std::string> files;
  std::error_code failure;
  const fs::path drop_ins = fs::path(kCrioDropIn).parent_path();
  for (fs::directory_iterator at(below + drop_ins.string(), failure), end; !failure && at != end;
       at.increment(failure))
    files.push_back((drop_ins / at->path().filename()).string());
  std::ranges::sort(files);
  files.insert(files.begin(), kCrioConfig);
  return files;
}

}  // namespace

std::string crio_key_directory(const std::string& below) {
  std::string directory = kCrioKeyDirectory;
  for (const std::string& file : crio_files(below)) {
    const toml::table table = parse_toml(read_config_file(below + file), file);
    if (const auto set = table["crio"]["runtime"]["decryption_keys_path"].value<std::string>())
      directory = *set;
  }
  return directory;
}

}  // namespace imgcrypt
