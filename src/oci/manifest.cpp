#include "oci/manifest.hpp"

#include "oci/media_types.hpp"

#include <utility>

namespace imgcrypt {
namespace {

JsonView checked(const std::string& raw) {
  JsonLimits limits;
  // Before parsing, whose cost would otherwise be up to the sender.
  limits.size = kMostDocumentBytes;
  check_json(raw, limits);
  return JsonView(raw);
}

// A document that reads as a manifest to one program and as an index to another (CVE-2021-41190) is neither.
void refuse_member(const JsonView& document, std::string_view name, std::string_view kind) {
  if (!document.find(name)) return;
  throw Error(ErrorCode::kIntegrity, std::string(kind) + " with a member \"" + std::string(name) +
                                         "\", so that programs may read it differently");
}

void check_media_type(const JsonView& document, bool (*fits)(std::string_view), std::string_view kind) {
  // OCI only recommends the member (image specification, "Image Manifest").
  const std::string type = parse_media_type(document);
  // The descriptor above may say something else; whoever goes by the document must still come to the same
  // kind.
  if (!type.empty() && !fits(type))
    throw Error(ErrorCode::kIntegrity, std::string(kind) + " has the mediaType " + type);
}

Descriptor parse_config(const JsonView& document) {
  const JsonView config = document.get("config");
  try {
    return parse_descriptor(config);
  } catch (const Error& error) {
    throw error.in("config");
  }
}

std::vector<Descriptor> parse_descriptors(const JsonView& document, std::string_view list,
                                          std::size_t limit) {
  std::vector<Descriptor> descriptors;
  const auto array = document.find(list);
  if (!array) return descriptors;
  const auto elements = array->elements();
  // Counted before the first is parsed: 4 MiB hold many more tiny descriptors than an image has layers.
  if (elements.size() > limit) {
    throw Error(ErrorCode::kRefused, "more than " + std::to_string(limit) + " " + std::string(list));
  }
  for (const JsonView& element : elements) {
    try {
      descriptors.push_back(parse_descriptor(element));
    } catch (const Error& error) {
      throw error.in(std::string(list) + "[" + std::to_string(descriptors.size()) + "]");
    }
  }
  return descriptors;
}

}  // namespace

std::vector<Descriptor> find_layer(const std::string& manifest, const Digest& digest) {
  std::vector<Descriptor> found;
  const auto layers = JsonView(manifest).find("layers");
  if (!layers) return found;
  for (const JsonView& element : layers->elements()) {
    // A search through the text first: parsing every layer of thousands of manifests would take seconds.
    if (element.text().find(digest.hex()) == std::string_view::npos) continue;
    check_json(element.text());
    Descriptor descriptor = parse_descriptor(element);
    if (descriptor.digest == digest) found.push_back(std::move(descriptor));
  }
  return found;
}

// Checked before anything is read, since a JsonView relies on it. `raw` is the first member, so that the
// views are of the text that is kept.
Manifest::Content::Content(std::string text)
    : raw(std::move(text)),
      config(parse_config(checked(raw))),
      layers(parse_descriptors(JsonView(raw), "layers", kMostLayers)),
      annotations(parse_annotations(JsonView(raw).find("annotations"))) {}

Manifest Manifest::parse(std::string raw) {
  Manifest manifest(std::make_shared<const Content>(std::move(raw)));
  const JsonView document(manifest.raw());
  check_media_type(document, is_manifest, "manifest");
  refuse_member(document, "manifests", "manifest");
  return manifest;
}

std::string Manifest::own_media_type() const { return parse_media_type(JsonView(raw())); }

// Parsed again, so that an edit can never make what we would refuse to read.
Manifest Manifest::edited(const DocumentEdit& edit) const {
  return parse(edit_document(raw(), "layers", edit));
}

Index::Content::Content(std::string text)
    : raw(std::move(text)),
      manifests(parse_descriptors(checked(raw), "manifests", kMostManifests)),
      annotations(parse_annotations(JsonView(raw).find("annotations"))) {}

Index Index::parse(std::string raw) {
  Index index(std::make_shared<const Content>(std::move(raw)));
  const JsonView document(index.raw());
  check_media_type(document, is_index, "index");
  refuse_member(document, "config", "index");
  refuse_member(document, "layers", "index");
  return index;
}

std::string Index::own_media_type() const { return parse_media_type(JsonView(raw())); }

Index Index::edited(const DocumentEdit& edit) const { return parse(edit_document(raw(), "manifests", edit)); }

}  // namespace imgcrypt
