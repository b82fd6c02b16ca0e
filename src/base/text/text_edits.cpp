#include "base/text/text_edits.hpp"

namespace imgcrypt {

void TextEdits::replace(std::string_view part, std::string_view text) {
  Edit& edit = edits_[static_cast<std::size_t>(part.data() - original_.data())];
  edit.removed = part.size();
  edit.inserted += text;
}

void TextEdits::insert_after(std::string_view part, std::string_view text) {
  edits_[static_cast<std::size_t>(part.data() + part.size() - original_.data())].inserted += text;
}

std::string TextEdits::apply() const {
  std::string result;
  std::size_t done = 0;
  for (const auto& [offset, edit] : edits_) {
    result += original_.substr(done, offset - done);
    result += edit.inserted;
    done = offset + edit.removed;
  }
  result += original_.substr(done);
  return result;
}

}  // namespace imgcrypt
