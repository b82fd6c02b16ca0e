#include "transport/layout/layout_referrers.hpp"

#include "oci/manifest.hpp"
#include "oci/media_types.hpp"

#include <array>
#include <set>
#include <utility>

namespace imgcrypt {
namespace {

// What a tag says that it is about: "sha256-HEX" and perhaps ".sig".
struct TagSubject {
  Digest digest;
  std::string suffix;
};

std::optional<TagSubject> subject_of_tag(const std::string& tag) {
  for (const std::string algorithm : {"sha256", "sha512"}) {
    if (!tag.starts_with(algorithm + "-")) continue;
    const std::size_t dot = std::min(tag.find('.'), tag.size());
    const auto digest = Digest::parse_if_valid(algorithm + ":" +
                                               tag.substr(algorithm.size() + 1, dot - algorithm.size() - 1));
    if (digest) return TagSubject{*digest, tag.substr(dot)};
  }
  return std::nullopt;
}

std::string text_of(const JsonView& object, const char* name) {
  const auto member = object.find(name);
  return member ? member->string() : std::string();
}

// An artifact without a type of its own is what its config is (OCI image specification, "Guidelines for
// Artifact Usage").
std::string artifact_type_of(const JsonView& document) {
  std::string type = text_of(document, "artifactType");
  const auto config = document.find("config");
  return type.empty() && config ? text_of(*config, "mediaType") : type;
}

class Collector {
 public:
  explicit Collector(const ReadDocument& read) : read_(read) {}

  void add(const LayoutEntry& entry) {
    if (!entry.descriptor) return;
    const std::string tag = tag_of(*entry.descriptor).value_or("");
    const auto subject = subject_of_tag(tag);
    if (!subject) return add_by_subject(entry);
    if (subject->suffix.empty()) return add_listed(*entry.descriptor, subject->digest);
    found_.emplace(subject->digest, Referrer{{*entry.descriptor, entry.raw}, {}, tag});
  }
  [[nodiscard]] std::multimap<Digest, Referrer> take() { return std::move(found_); }

 private:
  void add_by_subject(const LayoutEntry& entry) {
    const Descriptor& root = *entry.descriptor;
    if (!(is_manifest(root.media_type) || is_index(root.media_type)) || !seen_.insert(root.digest).second)
      return;
    const auto text = read_(root);
    if (!text) return;
    const JsonView document(*text);
    const auto subject = document.find("subject");
    const auto digest = subject ? Digest::parse_if_valid(text_of(*subject, "digest")) : std::nullopt;
    if (digest) found_.emplace(*digest, Referrer{{root, entry.raw}, artifact_type_of(document), {}});
  }

  void add_listed(const Descriptor& list, const Digest& subject) {
    const auto text = is_index(list.media_type) ? read_(list) : std::nullopt;
    const auto manifests = text ? JsonView(*text).find("manifests") : std::nullopt;
    if (!manifests) return;
    for (const JsonView& element : manifests->elements()) {
      const Descriptor referrer = parse_descriptor(element);
      found_.emplace(subject,
                     Referrer{{referrer, std::string(element.text())}, text_of(element, "artifactType"), {}});
    }
  }

  const ReadDocument& read_;
  std::set<Digest> seen_;
  std::multimap<Digest, Referrer> found_;
};

std::optional<std::string> read_document(ImageSource& store, const Descriptor& document) try {
  if (document.size > kMostDocumentBytes) return std::nullopt;
  ChunkPool pool;
  std::string text(
      as_text(read_all(*store.open(document, pool), kMostDocumentBytes, document.digest.string())));
  check_json(text);
  return text;
} catch (const Error& error) {
  if (error.code() == ErrorCode::kCancelled || error.code() == ErrorCode::kOther) throw;
  return std::nullopt;
}

}  // namespace

std::multimap<Digest, Referrer> referrers_in(const std::vector<LayoutEntry>& entries,
                                             const ReadDocument& read) {
  Collector collector(read);
  for (const LayoutEntry& entry : entries) {
    try {
      collector.add(entry);
    } catch (const Error& error) {
      // Of a shape that nobody can follow: it refers to nothing.
      if (error.code() != ErrorCode::kIntegrity && error.code() != ErrorCode::kRefused) throw;
    }
  }
  return collector.take();
}

std::vector<Referrer> ListedReferrers::of(const Descriptor& subject, ImageSource& store,
                                          const ReadEntries& entries) {
  std::call_once(are_found_, [&] {
    found_ =
        referrers_in(entries(), [&](const Descriptor& document) { return read_document(store, document); });
  });
  std::vector<Referrer> found;
  const auto [first, last] = found_.equal_range(subject.digest);
  for (auto at = first; at != last; ++at) found.push_back(at->second);
  return found;
}

}  // namespace imgcrypt
