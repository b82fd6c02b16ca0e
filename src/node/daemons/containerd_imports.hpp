// Edits of the `imports` of containerd's main file. The text is edited where it must be and keeps every other
// byte, comments too; what was edited is parsed again, and nothing but the imports may have changed. Pure
// functions.
#pragma once

#include <string>
#include <string_view>

namespace imgcrypt {

// The text with `pattern` as the first import: in a line of its own, after that of `version` or at the
// beginning, where there are no imports yet. `name` is what errors call the file. Throws kRefused if the text
// is not TOML, or if its imports are not an array of strings.
[[nodiscard]] std::string with_import(std::string_view text, const std::string& pattern,
                                      const std::string& name);

// The inverse: without_import(with_import(text)) is text, byte for byte, also if other parts of it have
// changed meanwhile. A text without this import is returned as it is. Throws as with_import, and kRefused if
// the import is written otherwise than with_import does.
[[nodiscard]] std::string without_import(std::string_view text, const std::string& pattern,
                                         const std::string& name);

}  // namespace imgcrypt
