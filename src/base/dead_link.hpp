// For messages about files that are not there although something of that name is.
#pragma once

#include <optional>
#include <string>

namespace imgcrypt {

// "is a symbolic link to TARGET, which does not exist"; nullopt for whatever else `path` is.
[[nodiscard]] std::optional<std::string> dead_link(const std::string& path);

}  // namespace imgcrypt
