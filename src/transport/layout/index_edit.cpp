#include "transport/layout/index_edit.hpp"

#include "oci/edit.hpp"
#include "oci/manifest.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace imgcrypt {
namespace {

std::string fresh_entry(const Descriptor& root) {
  return R"({"mediaType":)" + quote_json(root.media_type) + R"(,"digest":")" + root.digest.string() +
         R"(","size":)" + std::to_string(root.size) + "}";
}

// What may follow the last colon of an image name (distribution specification, "Pulling manifests", tags).
bool is_docker_tag(const std::string& tag) {
  return tag.size() <= 128 && std::ranges::all_of(tag, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
         });
}

// The image name follows the tag: docker.io/library/x:1 under the tag 2 is docker.io/library/x:2. nullopt
// where it cannot be told.
std::optional<std::string> renamed(const EntryName& old, const std::string& tag) {
  if (!old.image_name || tag.empty()) return std::nullopt;
  if (old.tag == tag) return old.image_name;
  if (tag.find('/') != std::string::npos) return tag;
  const std::string end = ":" + old.tag.value_or("");
  if (end.size() == 1 || !old.image_name->ends_with(end) || !is_docker_tag(tag)) return std::nullopt;
  return old.image_name->substr(0, old.image_name->size() - end.size() + 1) + tag;
}

std::string edited(const std::string& entry, const DescriptorEdit& edit) {
  TextEdits edits(entry);
  edit_descriptor(edits, JsonView(entry), edit);
  return edits.apply();
}

std::string_view from_to(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// The array of entries, after it has been made where the document lacks it or has null.
std::string with_manifests(const std::string& index) {
  const JsonView document(index);
  if (document.find("manifests")) return index;
  TextEdits edits(index);
  const auto members = document.members();
  const auto is_it = [](const JsonMember& member) { return member.name() == "manifests"; };
  if (const auto at = std::ranges::find_if(members, is_it); at != members.end()) {
    edits.replace(at->value.text(), "[]");
  } else {
    edits.insert_after(members.empty() ? document.text().substr(0, 1) : members.back().value.text(),
                       std::string(members.empty() ? "" : ",") + R"("manifests":[])");
  }
  return edits.apply();
}

}  // namespace

EntryName name_of(const Descriptor& entry) { return {tag_of(entry), image_name_of(entry)}; }

EntryName name_in_source(const RootDescriptor& root) {
  return root.raw.empty() ? EntryName() : name_of(parse_descriptor(JsonView(root.raw)));
}

std::string fresh_index() {
  return R"({"schemaVersion":2,"mediaType":")" + std::string(kOciIndex) + R"(","manifests":[]})";
}

EntryName name_under(const std::string& tag, const std::optional<Descriptor>& replaced,
                     const EntryName& source) {
  if (!replaced) return tag.empty() ? EntryName() : EntryName{tag, renamed(source, tag)};
  EntryName name = name_of(*replaced);
  if (!name.image_name) name.image_name = renamed(source, tag);
  return name;
}

std::string entry_text(const RootDescriptor& root, const EntryName& name) {
  std::string raw = root.raw.empty() ? fresh_entry(root.descriptor) : root.raw;
  // A copy of another document, or where that one is to be had.
  if (JsonView(raw).get("digest").string() != root.descriptor.digest.string())
    raw = without_member(without_member(raw, "data"), "urls");
  // One after the other: where a name is set, the last of the others may go.
  DescriptorEdit set;
  DescriptorEdit removal;
  if (JsonView(raw).find("mediaType")) set.media_type = root.descriptor.media_type;
  set.digest = root.descriptor.digest;
  set.size = root.descriptor.size;
  for (const auto& [key, value] : {std::pair(kRefName, name.tag), std::pair(kImageName, name.image_name)}) {
    if (value) {
      set.annotations.set[key] = *value;
    } else {
      removal.annotations.removed.insert(key);
    }
  }
  return edited(edited(raw, set), removal);
}

std::string with_entry(const std::string& index, const std::string& entry,
                       const std::vector<std::size_t>& replaced) {
  const std::string text = with_manifests(index);
  TextEdits edits(text);
  const JsonView manifests = JsonView(text).get("manifests");
  const auto elements = manifests.elements();
  if (!replaced.empty()) {
    edits.replace(elements.at(replaced.front()).text(), entry);
  } else if (elements.empty()) {
    edits.insert_after(manifests.text().substr(0, 1), entry);
  } else {
    edits.insert_after(elements.back().text(), "," + entry);
  }
  for (std::size_t i = 1; i < replaced.size(); ++i) {
    const std::string_view before = elements.at(replaced[i] - 1).text();
    const std::string_view here = elements.at(replaced[i]).text();
    edits.erase(from_to(before.data() + before.size(), here.data() + here.size()));
  }
  return edits.apply();
}

std::string with_referrer(const std::string& index, const Referrer& referrer) {
  const std::vector<LayoutEntry> entries = parse_entries(index);
  std::vector<std::size_t> replaced;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i].descriptor;
    if (!entry || tag_of(*entry).value_or("") != referrer.tag) continue;
    if (!referrer.tag.empty() || entry->digest == referrer.root.descriptor.digest) replaced.push_back(i);
  }
  const auto tag = referrer.tag.empty() ? std::nullopt : std::optional(referrer.tag);
  return with_entry(index, entry_text(referrer.root, {tag, std::nullopt}), replaced);
}

void require_readable_index(const std::string& index, const std::string& path) {
  const char* const hint = "remove images from the layout that are no longer needed, or write to another one";
  if (index.size() > kMostDocumentBytes)
    throw Error(ErrorCode::kRefused, path + "/index.json would be larger than 4 MiB", hint);
  try {
    check_json(index);
    (void)parse_entries(index);
  } catch (const Error& error) {
    throw Error(ErrorCode::kRefused, path + "/index.json would not be readable: " + error.message(), hint);
  }
}

}  // namespace imgcrypt
