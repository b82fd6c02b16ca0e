// The directory of private keys that a node has, of whatever kind. A file is read when a layer first asks for
// it, so one that cannot be used stops nothing. NAME.pass beside NAME holds its passphrase. Keys of our own
// key providers are not read here: the providers are told of them, and of their passphrases. So it is with
// files that name a key in a device. Safe for use by
// several threads.
#pragma once

#include "keywrap/device/key_device.hpp"
#include "keywrap/key_wrapper.hpp"
#include "keywrap/provider/provider.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

// NAME and this is the file with the passphrase of the key in NAME.
inline constexpr const char* kPassphraseSuffix = ".pass";

class KeyDirectory {
 public:
  // Lists the files below `path`, 10 000 at most, and looks at how they begin. Links are followed as long as
  // they stay inside, as Kubernetes mounts secrets. A directory that is missing or cannot be listed counts as
  // empty.
  explicit KeyDirectory(const std::string& path);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  // All of them, in lexical order; whether they are keys is not known.
  [[nodiscard]] const std::vector<std::string>& files() const noexcept { return files_; }
  // Of one of these files, from NAME.pass beside it; nullopt if there is none inside the directory. Throws as
  // read_passphrase_file.
  [[nodiscard]] std::optional<SecretBytes> passphrase_of(const std::string& file) const;

  // One for each file that is neither a key provider's nor a device's, in lexical order; they need the
  // directory no more. What is wrong with a file, its unwrapper says in its description() once it was tried,
  // and opens nothing; it throws kCancelled. The description also says whether others can read or replace the
  // key.
  [[nodiscard]] KeyUnwrappers unwrappers() const;
  // One for each file that is or names a key in a device (find_device_key), in lexical order. As those of
  // unwrappers(), but the device is only asked once a layer needs it. They share `providers`.
  [[nodiscard]] KeyUnwrappers device_unwrappers(const std::shared_ptr<ProviderAccess>& providers) const;
  // The key providers of ours, by name, that the files here need.
  [[nodiscard]] std::set<std::string> needed_providers() const;
  // With what our own key providers open, by their names: only those that have a key here.
  [[nodiscard]] const ProviderParameters& provider_parameters() const noexcept {
    return provider_parameters_;
  }
  // "no keys: PATH does not exist", or what else is wrong with the directory: what in it is ignored, as a
  // link leads outside or it is not a file, and whether others can read or replace the keys of key providers.
  // Names three of each at most; empty when nothing is wrong.
  [[nodiscard]] std::string complaint() const;

 private:
  std::string path_;                // as it was given
  std::string root_;                // without links: what "inside" is measured against
  std::vector<std::string> files_;  // all of them
  ProviderParameters provider_parameters_;
  std::vector<std::string> provider_files_;           // of files_, sorted as well
  std::map<std::string, DeviceKeyName> device_keys_;  // by their files, of files_
  std::string complaint_;                             // about the directory alone
};

}  // namespace imgcrypt
