// Edits of documents in place: bytes that need not change do not, and removing what was set gives the old
// bytes back, whatever the formatting. How the edits look is docs/formats.md, "Edits".
#pragma once

#include "base/text/text_edits.hpp"
#include "oci/descriptor.hpp"

#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

struct AnnotationEdit {
  Annotations set;                // replaced where present, else appended
  std::set<std::string> removed;  // names
};

struct DescriptorEdit {
  bool is_removed = false;  // with all it holds
  std::optional<std::string> media_type;
  std::optional<Digest> digest;
  std::optional<std::uint64_t> size;
  AnnotationEdit annotations;
};

struct DocumentEdit {
  std::optional<std::string> media_type;   // of the document itself; added where it has none
  std::optional<std::string> config_type;  // of a manifest's config
  std::vector<DescriptorEdit> elements;    // one for each
  AnnotationEdit annotations;
};

// `object` is a view into the text that `edits` was made for.
void edit_descriptor(TextEdits& edits, const JsonView& object, const DescriptorEdit& edit);

// The text of an object without its member `name` and the comma that joined it; as it is without one.
[[nodiscard]] std::string without_member(const std::string& object, std::string_view name);

// The text with the edits, those of its array `list` included.
[[nodiscard]] std::string edit_document(const std::string& raw, std::string_view list,
                                        const DocumentEdit& edit);

}  // namespace imgcrypt
