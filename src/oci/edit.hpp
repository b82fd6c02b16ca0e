// Edits of documents in place. Bytes that need not change do not change, and removing what was set gives the
// old bytes back, whatever the formatting: that is why decrypting returns exactly the document that was
// encrypted. docs/formats.md, "Edits", says what each edit does to the text. Free functions over values, for
// any thread.
#pragma once

#include "base/text/text_edits.hpp"
#include "oci/descriptor.hpp"

#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

// What changes in one object `annotations`, of a descriptor or a document. Names in neither stay as they are.
// No name may be in both.
struct AnnotationEdit {
  Annotations set;                // replaced where present, else appended, sorted by name
  std::set<std::string> removed;  // names; those that are absent are ignored
};

// What changes in one descriptor. What is not set stays.
struct DescriptorEdit {
  bool is_removed = false;  // the whole descriptor goes, and the other members are ignored
  std::optional<std::string> media_type;
  std::optional<Digest> digest;  // if set, `data`, which is the content of the old digest, goes
  std::optional<std::uint64_t> size;
  AnnotationEdit annotations;
  bool drops_urls = false;  // `urls` goes: what is to be had from there is not the new content
};

// What changes in a manifest or index. Edits of a Manifest or Index go through its edited(), which parses the
// result again.
struct DocumentEdit {
  std::optional<std::string> media_type;   // of the document itself; added where it has none
  std::optional<std::string> config_type;  // of a manifest's config
  std::vector<DescriptorEdit> elements;    // one for each layer of a manifest, or manifest of an index
  AnnotationEdit annotations;
};

// Adds the edits of one descriptor to `edits`; `object` is a view into the text that `edits` was made for.
// Leaves `data` as it is: edit_document() removes it. Throws kIntegrity when a member to be changed
// (mediaType, digest, size) is missing.
void edit_descriptor(TextEdits& edits, const JsonView& object, const DescriptorEdit& edit);

// The text of an object without its member `name` and the comma that joined it; as it is without one.
[[nodiscard]] std::string without_member(const std::string& object, std::string_view name);

// The text of a document with the edits; those of `edit.elements` go to its array `list` ("layers",
// "manifests"). The result is not checked against limits. Throws as edit_descriptor(). REQUIRES: check_json()
// has accepted `raw`, and there is an edit for each element of the array.
[[nodiscard]] std::string edit_document(const std::string& raw, std::string_view list,
                                        const DocumentEdit& edit);

}  // namespace imgcrypt
