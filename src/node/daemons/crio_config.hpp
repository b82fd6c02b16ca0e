// Where CRI-O looks for its keys, as its configuration files say. A pure function, apart from reading files.
#pragma once

#include <string>

namespace imgcrypt {

// From /etc/crio/crio.conf and the files of crio.conf.d, of which later names are stronger; CRI-O's own
// default if none says so. `below` is the node's root; see read_containerd_config. Throws kRefused for a file
// that is not TOML, kOther for one that cannot be read.
[[nodiscard]] std::string crio_key_directory(const std::string& below);

}  // namespace imgcrypt
