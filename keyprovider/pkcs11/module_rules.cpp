#include "keyprovider/pkcs11/module_rules.hpp"

#include "base/process/fd.hpp"
#include "base/text/short_list.hpp"
#include "base/text/spelling.hpp"
#include "keyprovider/key_places.hpp"
#include "keyprovider/pkcs11/yaml_scalars.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

namespace fs = std::filesystem;

#if defined(__x86_64__)
constexpr const char* kMultiarch = "/usr/lib/x86_64-linux-gnu/";
#elif defined(__aarch64__)
constexpr const char* kMultiarch = "/usr/lib/aarch64-linux-gnu/";
#elif defined(__arm__)
constexpr const char* kMultiarch = "/usr/lib/arm-linux-gnueabihf/";
#elif defined(__powerpc64__)
constexpr const char* kMultiarch = "/usr/lib/powerpc64le-linux-gnu/";
#elif defined(__s390x__)
constexpr const char* kMultiarch = "/usr/lib/s390x-linux-gnu/";
#else
constexpr const char* kMultiarch = "/usr/lib/riscv64-linux-gnu/";
#endif

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool is_file(const std::string& path) {
  std::error_code failure;
  return fs::is_regular_file(path, failure);
}

ModuleRules read_rules(const std::string& file) {
  return parse_module_rules(as_text(read_key_file(file, kMostYamlBytes).expose()), file);
}

// By the texts of the paths alone, as ocicrypt does it: directly inside, not below.
bool is_allowed(const std::string& path, const std::vector<std::string>& allowed) {
  return std::ranges::any_of(allowed, [&](const std::string& entry) {
    if (entry.empty() || !entry.ends_with('/')) return path == entry;
    return path.starts_with(entry) && path.find('/', entry.size()) == std::string::npos;
  });
}

void check_allowed(const std::string& path, const ModuleRules& rules) {
  if (is_allowed(path, rules.allowed)) return;
  const std::string where = rules.file.empty() ? "a file that OCICRYPT_CONFIG names" : rules.file;
  throw Error(
      ErrorCode::kUsage, "the module " + path + " is not allowed",
      "add to " + where + ", under \"pkcs11:\", the line \"  allowed-module-paths: [ " + path + " ]\"");
}

// "softhsm2" is in "libsofthsm2.so": what follows the name must be its end or a dot.
bool has_name(const std::string& file, const std::string& name) {
  const std::size_t at = lower_case(file).find(name);
  if (at == std::string::npos) return false;
  return at + name.size() == file.size() || file[at + name.size()] == '.';
}

std::vector<std::string> names_in(const std::string& directory) {
  std::error_code failure;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(directory, failure); !failure && entry != fs::directory_iterator();
       entry.increment(failure))
    names.push_back(entry->path().filename());
  std::ranges::sort(names);
  return names;
}

std::string in_directories(const std::string& name, const std::vector<std::string>& directories) {
  if (directories.empty())
    throw Error(ErrorCode::kUsage,
                "no directory is configured in which the PKCS#11 module " + name + " could be",
                "name it with module-path, or add to the configuration, under \"pkcs11:\", the line "
                "\"  module-directories: [ /DIRECTORY ]\"");
  for (const std::string& directory : directories) {
    for (const std::string& file : names_in(directory)) {
      const std::string path = directory + (directory.ends_with('/') ? "" : "/") + file;
      if (has_name(file, name) && is_file(path)) return path;
    }
  }
  throw Error(ErrorCode::kUsage, "no PKCS#11 module is called " + name + " in " + short_list(directories),
              "install it, or name it with module-path");
}

// What comes after a colon may be a PIN that was meant for another place: no error shows it.
void check_shows_no_pin(const std::string& module) {
  if (module.find(':') == std::string::npos || is_file(module)) return;
  throw Error(ErrorCode::kUsage, "the module of the URI has a colon in it",
              "write the PIN as pin-value=PIN, or after -k KEY as :prompt, :file=PINFILE, :fd=N or "
              ":env=VARIABLE");
}

constexpr std::string_view kDirectories = "pkcs11/module-directories";
constexpr std::string_view kAllowed = "pkcs11/allowed-module-paths";

// ocicrypt reads nothing of a configuration with another value.
std::string element_of_list(const YamlScalar& scalar) {
  if (scalar.is_element) return scalar.value;
  const std::string name = scalar.path.substr(scalar.path.find('/') + 1);
  throw Error(ErrorCode::kUsage, name + " is not a list",
              "write " + name + ": [ " + (scalar.value.empty() ? "/PATH" : scalar.value) + " ]");
}

}  // namespace

ModuleRules parse_module_rules(std::string_view text, const std::string& file) {
  try {
    ModuleRules rules{{}, {}, file};
    for (const YamlScalar& scalar : read_yaml(text)) {
      if (scalar.path == kDirectories) rules.directories.push_back(element_of_list(scalar));
      if (scalar.path == kAllowed) rules.allowed.push_back(element_of_list(scalar));
    }
    return rules;
  } catch (const Error& error) {
    throw error.in(file);
  }
}

ModuleRules internal_module_rules() {
  const std::vector<std::string> directories = {"/usr/lib64/pkcs11/", "/usr/lib/pkcs11/",
                                                "/usr/local/lib/pkcs11/", "/usr/lib/softhsm/", kMultiarch};
  return {directories, directories, {}};
}

ModuleRules read_module_rules() {
  const std::string named = variable("OCICRYPT_CONFIG");
  if (named == "internal") return internal_module_rules();
  if (!named.empty()) return read_rules(named);
  std::vector<std::string> files;
  // Only absolute ones: see the header.
  if (const std::string home = variable("XDG_CONFIG_HOME"); home.starts_with('/'))
    files.push_back(home + "/ocicrypt.conf");
  if (const std::string home = variable("HOME"); home.starts_with('/'))
    files.push_back(home + "/.config/ocicrypt.conf");
  files.emplace_back("/etc/ocicrypt.conf");
  const auto found = std::ranges::find_if(files, is_file);
  if (found != files.end()) return read_rules(*found);
  throw Error(ErrorCode::kUsage, "no configuration says which PKCS#11 modules may be loaded",
              "export OCICRYPT_CONFIG=internal for those of this system, or write " + files.back());
}

std::string find_module(const Uri& uri, const ModuleRules& rules) {
  const std::string path = uri.module_path();
  for (const std::string& module : {path, uri.module_name()}) check_shows_no_pin(module);
  if (!path.empty() && !path.starts_with('/'))
    throw Error(ErrorCode::kUsage, "module-path is not an absolute path");
  std::error_code failure;
  const bool is_directory = !path.empty() && fs::is_directory(path, failure);
  if (!path.empty() && !is_directory) {
    check_allowed(path, rules);
    if (!is_file(path)) throw Error(ErrorCode::kUsage, "the module " + path + " is not there", "install it");
    return path;
  }
  const std::string name = lower_case(uri.module_name());
  if (name.empty()) {
    throw Error(ErrorCode::kUsage, "the URI does not say which module to load",
                "add ?module-name=NAME, e.g. softhsm2, or ?module-path=/PATH");
  }
  std::string found = in_directories(name, is_directory ? std::vector{path} : rules.directories);
  check_allowed(found, rules);
  return found;
}

}  // namespace imgcrypt::keyprovider::pkcs11
