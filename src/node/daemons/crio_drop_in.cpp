#include "node/daemons/crio_drop_in.hpp"

#include "node/daemons/decoder_setup.hpp"
#include "node/daemons/toml_text.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <filesystem>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOption = "decryption_keys_path";

// Later names are stronger.
void check_strongest(const std::string& keys, const std::string& below) {
  const fs::path drop_in(kCrioDropIn);
  std::error_code failure;
  for (fs::directory_iterator at(below + drop_in.parent_path().string(), failure), end; !failure && at != end;
       at.increment(failure)) {
    if (at->path().filename() <= drop_in.filename()) continue;
    const std::string file = (drop_in.parent_path() / at->path().filename()).string();
    const toml::table table = parse_toml(read_config_file(at->path()), file);
    const auto other = table["crio"]["runtime"][kOption].value<std::string>();
    if (other && *other != keys)
      throw Error(ErrorCode::kRefused, file + " already sets " + kOption + " to " + *other,
                  "put the keys there, or take the line out of that file");
  }
}

std::optional<std::string> own_drop_in(const std::string& below) {
  auto present = content_of(kCrioDropIn, below);
  check_own(kCrioDropIn, present);
  return present;
}

}  // namespace

std::string crio_drop_in(const std::string& keys) {
  return own_mark("imgcrypt config crio") + "[crio.runtime]\n" + kOption + " = " + quote_toml(keys) + "\n";
}

FileEdits install_crio(const std::string& keys, const std::string& below) {
  check_strongest(keys, below);
  return {{kCrioDropIn, own_drop_in(below), crio_drop_in(keys)}};
}

FileEdits uninstall_crio(const std::string& below) {
  return {{kCrioDropIn, own_drop_in(below), std::nullopt}};
}

}  // namespace imgcrypt
