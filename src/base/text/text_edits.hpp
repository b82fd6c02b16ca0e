// Edits of a text, gathered against the original and made in one go. Everything that is not edited keeps its
// bytes.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace imgcrypt {

class TextEdits {
 public:
  // The text must outlive the edits; every part named below lies inside it, and no two parts overlap.
  explicit TextEdits(std::string_view original) : original_(original) {}

  void replace(std::string_view part, std::string_view text);
  void erase(std::string_view part) { replace(part, {}); }
  // Right behind `part`; several insertions at one place stand in the order they were made.
  void insert_behind(std::string_view part, std::string_view text);

  [[nodiscard]] std::string apply() const;

 private:
  struct Edit {
    std::size_t removed = 0;
    std::string inserted;
  };

  std::string_view original_;
  std::map<std::size_t, Edit> edits_;  // by offset in the original
};

}  // namespace imgcrypt
