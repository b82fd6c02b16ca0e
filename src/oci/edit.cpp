#include "oci/edit.hpp"

#include "base/text/encoding.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

// What tells an `annotations` that was empty or null before from one that did not exist: a mark after the
// last value that we insert. Inside an object JSON takes both for white space. Without it decrypting could
// not restore the document, and nothing outside the document could say how.
constexpr char kWasEmpty = ' ';
constexpr char kWasNull = '\t';

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}
const char* end_of(std::string_view text) { return text.data() + text.size(); }

// `value` with an escape wherever `raw`, the JSON of `old`, has one. Exact in both directions for digests of
// one algorithm: what stays keeps its spelling, and the code points of hex digits are written with decimal
// digits only.
std::string quote_like(std::string_view raw, std::string_view old, std::string_view value) {
  std::string quoted = "\"";
  std::size_t at = 1;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string_view spelling = raw.substr(at, raw.substr(at, 2) == "\\u" ? 6 : 1);
    const bool stays = value[i] == old[i];
    quoted += stays || spelling.size() == 1 ? std::string(stays ? spelling : value.substr(i, 1))
                                            : "\\u00" + encode_hex(as_bytes(value.substr(i, 1)));
    at += spelling.size();
  }
  return quoted + "\"";
}

// Adds or cuts a suffix inside the quotes where that is all there is to do, so that the escapes of the rest
// stay.
void edit_string(TextEdits& edits, const JsonView& view, const std::string& value) {
  const std::string old = view.string();
  const std::string_view raw = view.text();
  const std::string_view open = raw.substr(0, raw.size() - 1);
  const std::string cut = old.size() > value.size() ? old.substr(value.size()) : std::string();
  if (value == old) return;
  if (value.starts_with(old)) {
    edits.insert_after(open, value.substr(old.size()));
  } else if (old.starts_with(value) && open.ends_with(cut)) {
    edits.erase(open.substr(open.size() - cut.size()));
  } else if (Digest::parse_if_valid(value) && value.size() == old.size()) {
    edits.replace(raw, quote_like(raw, old, value));
  } else {
    edits.replace(raw, quote_json(value));
  }
}

std::string join_members(const Annotations& annotations) {
  std::string joined;
  for (const auto& [name, value] : annotations) {
    joined += joined.empty() ? "" : ",";
    joined += quote_json(name) + ":" + quote_json(value);
  }
  return joined;
}

std::optional<std::size_t> position_of(const std::vector<JsonMember>& members, std::string_view name) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].name() == name) return i;
  }
  return std::nullopt;
}

// From the first byte of a member or element to its last.
using Extent = std::string_view;

std::vector<Extent> extents_of(const std::vector<JsonMember>& members) {
  std::vector<Extent> extents;
  for (const auto& [key, value] : members)
    extents.push_back(between(key.text().data(), end_of(value.text())));
  return extents;
}

std::vector<Extent> extents_of(const std::vector<JsonView>& elements) {
  std::vector<Extent> extents;
  for (const JsonView& element : elements) extents.push_back(element.text());
  return extents;
}

// Extents first to last, with the comma that joins them to what stays, and the white space on that side only:
// so that erasing what append_annotations() inserted gives the old text.
void erase_run(TextEdits& edits, const std::vector<Extent>& all, std::size_t first, std::size_t last) {
  const char* begin = all[first].data();
  const char* end = end_of(all[last]);
  if (first > 0) {
    begin = end_of(all[first - 1]);
  } else if (last + 1 < all.size()) {
    end = all[last + 1].data();
  }
  edits.erase(between(begin, end));
}

// Neighbours go as one run: their commas would be erased twice otherwise.
void erase_all_of(TextEdits& edits, const std::vector<Extent>& all, const std::vector<bool>& goes) {
  for (std::size_t first = 0; first < all.size(); ++first) {
    if (!goes[first]) continue;
    std::size_t last = first;
    while (last + 1 < all.size() && goes[last + 1]) ++last;
    erase_run(edits, all, first, last);
    first = last;
  }
}

// After the last value and not at the front: an annotation that is appended can be cut off again, and what
// others wrote keeps its order.
void append_annotations(TextEdits& edits, const JsonView& object, const Annotations& added) {
  const auto members = object.members();
  const auto at = position_of(members, "annotations");
  const std::string text = join_members(added);
  if (!at) {
    const std::string_view last = members.empty() ? object.text().substr(0, 1) : members.back().value.text();
    edits.insert_after(last, std::string(members.empty() ? "" : ",") + "\"annotations\":{" + text + "}");
    return;
  }
  const JsonView& value = members[*at].value;
  if (value.is_null()) {
    edits.replace(value.text(), "{" + text + kWasNull + "}");
  } else if (const auto present = value.members(); present.empty()) {
    edits.insert_after(value.text().substr(0, 1), text + kWasEmpty);
  } else {
    edits.insert_after(present.back().value.text(), "," + text);
  }
}

// Whether the members are written as we insert them, without white space between any two of their parts.
bool is_compact(const JsonView& object, const std::vector<JsonMember>& members) {
  const char* end = object.text().data();
  return std::ranges::all_of(members, [&](const JsonMember& member) {
    const bool is_next =
        member.key.text().data() == end + 1 && member.value.text().data() == end_of(member.key.text()) + 1;
    end = end_of(member.value.text());
    return is_next;
  });
}

// The member goes, unless a mark says that it was there before us.
void remove_all_annotations(TextEdits& edits, const std::vector<JsonMember>& members, std::size_t at) {
  const JsonView& value = members[at].value;
  const auto present = value.members();
  const char* inner_end = end_of(value.text()) - 1;
  const char* last_end = end_of(present.back().value.text());
  // A program that writes the document anew loses the mark, or spreads blanks of its own: then the member
  // goes as if we had made it.
  const std::string_view tail = is_compact(value, present) ? between(last_end, inner_end) : "";
  if (tail.starts_with(kWasEmpty)) {
    edits.erase(between(value.text().data() + 1, last_end + 1));
  } else if (tail.starts_with(kWasNull)) {
    edits.replace(value.text(), "null");
  } else {
    erase_run(edits, extents_of(members), at, at);
  }
}

void remove_annotations(TextEdits& edits, const JsonView& object, const std::set<std::string>& removed) {
  const auto members = object.members();
  const auto at = position_of(members, "annotations");
  if (!at || members[*at].value.is_null()) return;
  const auto present = members[*at].value.members();
  std::vector<bool> goes;
  for (const JsonMember& member : present) goes.push_back(removed.contains(member.name()));
  const auto count = std::ranges::count(goes, true);
  if (count == 0) return;
  if (static_cast<std::size_t>(count) == present.size()) {
    remove_all_annotations(edits, members, *at);
  } else {
    erase_all_of(edits, extents_of(present), goes);
  }
}

void edit_annotations(TextEdits& edits, const JsonView& object, const AnnotationEdit& edit) {
  // In place where the name exists, so that its position and the escapes of the name stay.
  Annotations added = edit.set;
  if (const auto annotations = object.find("annotations")) {
    for (const JsonMember& member : annotations->members()) {
      const auto found = added.find(member.name());
      if (found == added.end()) continue;
      edit_string(edits, member.value, found->second);
      added.erase(found);
    }
  }
  if (!added.empty()) append_annotations(edits, object, added);
  // Both read positions in the text as it was; TextEdits applies them together at the end, so that neither
  // moves what the other has found.
  if (!edit.removed.empty()) remove_annotations(edits, object, edit.removed);
}

// Elements that go are erased but not edited as well: edits of one text must not overlap.
void edit_elements(TextEdits& edits, const std::vector<JsonView>& views,
                   const std::vector<DescriptorEdit>& elements) {
  std::vector<bool> goes;
  for (std::size_t i = 0; i < views.size(); ++i) {
    goes.push_back(elements.at(i).is_removed);
    if (!goes.back()) edit_descriptor(edits, views[i], elements[i]);
  }
  erase_all_of(edits, extents_of(views), goes);
}

// An empty list leads nowhere, and stays.
bool names_urls(const JsonMember& member) {
  return member.name() == "urls" && !member.value.is_null() && !member.value.elements().empty();
}

// The copy of its content that a descriptor embeds belongs to the old digest. In a pass of its own: erasing a
// member takes a comma with it, at which another edit may insert something.
std::string without_old_content(const std::string& raw, std::string_view list,
                                const std::vector<DescriptorEdit>& elements) {
  TextEdits edits(raw);
  const auto array = JsonView(raw).find(list);
  const auto views = array ? array->elements() : std::vector<JsonView>();
  for (std::size_t i = 0; i < views.size(); ++i) {
    const auto members = views[i].members();
    std::vector<bool> goes;
    for (const JsonMember& member : members) {
      const bool is_data = elements.at(i).digest && member.name() == "data" && !member.value.is_null();
      goes.push_back(is_data || (elements.at(i).drops_urls && names_urls(member)));
    }
    erase_all_of(edits, extents_of(members), goes);
  }
  return edits.apply();
}

// Where it is missing it goes where most writers put it: after the schema version.
void edit_own_media_type(TextEdits& edits, const JsonView& document, const std::string& media_type) {
  if (const auto present = document.find("mediaType")) {
    edit_string(edits, *present, media_type);
    return;
  }
  const std::string member = "\"mediaType\":" + quote_json(media_type);
  if (const auto version = document.find("schemaVersion")) {
    edits.insert_after(version->text(), "," + member);
  } else {
    edits.insert_after(document.text().substr(0, 1), member + ",");
  }
}

}  // namespace

void edit_descriptor(TextEdits& edits, const JsonView& object, const DescriptorEdit& edit) {
  if (edit.media_type) edit_string(edits, object.get("mediaType"), *edit.media_type);
  if (edit.digest) edit_string(edits, object.get("digest"), edit.digest->string());
  // Only documents change their size; that of a layer is never set, so its spelling stays.
  if (edit.size) edits.replace(object.get("size").text(), std::to_string(*edit.size));
  edit_annotations(edits, object, edit.annotations);
}

std::string without_member(const std::string& object, std::string_view name) {
  TextEdits edits(object);
  const auto members = JsonView(object).members();
  if (const auto at = position_of(members, name)) erase_run(edits, extents_of(members), *at, *at);
  return edits.apply();
}

std::string edit_document(const std::string& raw, std::string_view list, const DocumentEdit& edit) {
  const std::string text = without_old_content(raw, list, edit.elements);
  TextEdits edits(text);
  const JsonView document(text);
  if (edit.media_type) edit_own_media_type(edits, document, *edit.media_type);
  if (edit.config_type) edit_string(edits, document.get("config").get("mediaType"), *edit.config_type);
  if (const auto array = document.find(list)) edit_elements(edits, array->elements(), edit.elements);
  edit_annotations(edits, document, edit.annotations);
  return edits.apply();
}

}  // namespace imgcrypt
