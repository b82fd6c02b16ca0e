// The one image of a directory as skopeo's dir: writes it. A value that says nothing about whether it exists.
#pragma once

#include <string>
#include <string_view>

namespace imgcrypt {

struct DirReference {
  std::string directory;

  // `details` is what follows "dir:", all of it a path. Throws kUsage when it is empty or has control
  // characters.
  static DirReference parse(std::string_view details);
  [[nodiscard]] std::string string() const { return "dir:" + directory; }
};

}  // namespace imgcrypt
