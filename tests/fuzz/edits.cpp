// Manifests and indexes that are edited as encrypting edits them, and back: the last text is the first, byte
// for byte. What is edited is drawn from the hash of the text.
#include "fuzz/fuzz.hpp"
#include "oci/manifest.hpp"
#include "oci/media_types.hpp"

#include <functional>
#include <random>

namespace imgcrypt::test {
namespace {

constexpr const char* kKeys = "org.opencontainers.image.enc.keys.jwe";
constexpr const char* kPublicOptions = "org.opencontainers.image.enc.pubopts";
constexpr const char* kSourceDigest = "dev.imgcrypt.source.digest";

// An edit and the one that undoes it.
struct EditPair {
  DocumentEdit there;
  DocumentEdit back;
};

class Editor {
 public:
  explicit Editor(std::string_view text)
      : random_(static_cast<std::mt19937::result_type>(std::hash<std::string_view>()(text))) {}

  EditPair edits_of(const std::vector<Descriptor>& elements, const Annotations& annotations) {
    EditPair edits;
    for (const Descriptor& element : elements) add_element(edits, element);
    annotate(edits.there.annotations, edits.back.annotations, annotations, kSourceDigest);
    return edits;
  }

  // At least one element stays.
  DocumentEdit removal(std::size_t count) {
    DocumentEdit edit;
    edit.elements.resize(count);
    for (std::size_t i = 1; i < count; ++i) edit.elements[i].is_removed = flips();
    return edit;
  }

 private:
  bool flips() { return random_() % 2 != 0; }

  void add_element(EditPair& edits, const Descriptor& element) {
    DescriptorEdit& there = edits.there.elements.emplace_back();
    DescriptorEdit& back = edits.back.elements.emplace_back();
    if (flips()) return;
    if (!element.media_type.empty() && flips()) {
      there.media_type = encrypted_type(element.media_type);
      back.media_type = element.media_type;
    }
    if (flips()) {
      there.digest = Digest::of(as_bytes(element.digest.string()), element.digest.algorithm());
      back.digest = element.digest;
    }
    if (flips()) {
      there.size = random_();
      back.size = element.size;
    }
    for (const char* name : {kKeys, kPublicOptions})
      annotate(there.annotations, back.annotations, element.annotations, name);
  }

  // Only what was not there can be undone by removing it.
  void annotate(AnnotationEdit& there, AnnotationEdit& back, const Annotations& present, const char* name) {
    if (present.contains(name) || flips()) return;
    there.set[name] = std::string(random_() % 20, '"');
    back.removed.insert(name);
  }

  std::mt19937 random_;
};

template <typename Document>
void edit_there_and_back(const Document& document, const std::vector<Descriptor>& elements, Editor& editor) {
  const EditPair edits = editor.edits_of(elements, document.annotations());
  // The edited document may be beyond the limits.
  const auto there = attempt([&] { return document.edited(edits.there); });
  if (!there) return;
  const Document back = must("an edit can be undone", [&] { return there->edited(edits.back); });
  expect(back.raw() == document.raw(), "the text that was edited");
}

template <typename Document>
void remove_some(const Document& document, const std::vector<Descriptor>& (Document::*elements)() const,
                 Editor& editor) {
  const DocumentEdit edit = editor.removal((document.*elements)().size());
  const Document left = must("elements can be removed", [&] { return document.edited(edit); });
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < edit.elements.size(); ++i) {
    if (!edit.elements[i].is_removed) expected.push_back((document.*elements)()[i].digest.string());
  }
  std::vector<std::string> found;
  for (const Descriptor& element : (left.*elements)()) found.push_back(element.digest.string());
  expect(found == expected, "the elements that stay");
}

}  // namespace

void fuzz(ByteView input) {
  const std::string text(as_text(input));
  Editor editor(text);
  if (const auto manifest = attempt([&] { return Manifest::parse(text); })) {
    edit_there_and_back(*manifest, manifest->layers(), editor);
    remove_some(*manifest, &Manifest::layers, editor);
  } else if (const auto index = attempt([&] { return Index::parse(text); })) {
    edit_there_and_back(*index, index->manifests(), editor);
    remove_some(*index, &Index::manifests, editor);
  }
}

}  // namespace imgcrypt::test
