// An image's report in words: as a tree for people, and as the table that ctr-enc prints. What comes from
// outside is made printable here.
#pragma once

#include "cli/terminal/json_text.hpp"
#include "cli/terminal/style.hpp"
#include "image/inspect.hpp"

#include <string>

namespace imgcrypt::cli {

struct TreeLook {
  Style style;
  unsigned columns = 0;           // 0: as wide as it becomes
  bool has_whole_digests = true;  // else they are cut where the tree is too wide with them
  bool has_boxes = false;         // lines of Unicode's box drawing, else ASCII
};

inline constexpr std::size_t kLongestText = 200;  // characters of one text from outside

// The tree; a newline ends each of its lines.
[[nodiscard]] std::string tree_text(const ImageReport& report, const TreeLook& look);
// What goes below it: who the recipients are, what is encrypted and what everyone can read. Without a newline
// at the end, as layers_text.
[[nodiscard]] std::string summary_text(const ImageReport& report, const TreeLook& look);
[[nodiscard]] std::string layers_text(const ImageReport& report);
[[nodiscard]] JsonObject inspect_json(const ImageReport& report);

[[nodiscard]] std::string_view word_of(DocumentKind kind);
// Its word, and an image's platform: "image linux/arm64", "index".
[[nodiscard]] std::string title_of(const DocumentReport& document);

}  // namespace imgcrypt::cli
