// Edits of a text, gathered against the original and applied together. Everything that is not edited keeps
// its bytes. Nothing here fails.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace imgcrypt {

class TextEdits {
 public:
  // The text must outlive this object.
  // REQUIRES: every `part` given below is a view into this very text, and no two replaced parts overlap.
  explicit TextEdits(std::string_view original) : original_(original) {}

  // Puts `text`, which is copied, in the place of `part`. An empty part is an insertion before it.
  void replace(std::string_view part, std::string_view text);
  void erase(std::string_view part) { replace(part, {}); }
  // Inserts `text`, which is copied, directly after `part`. Several insertions at one place keep the order in
  // which they were made.
  void insert_after(std::string_view part, std::string_view text);

  // The edited text; the original is not changed.
  [[nodiscard]] std::string apply() const;

 private:
  // What happens at one offset: first the insertion, then `removed` bytes of the original are left out.
  struct Edit {
    std::size_t removed = 0;
    std::string inserted;
  };

  std::string_view original_;
  std::map<std::size_t, Edit> edits_;  // by offset in the original
};

}  // namespace imgcrypt
