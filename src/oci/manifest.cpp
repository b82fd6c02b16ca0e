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

// Empty is an answer, since OCI only recommends the member (image specification, "Image Manifest").
std::string media_type_of(const std::string& raw) {
  const auto type = JsonView(raw).find("mediaType");
  return type ? type->string() : std::string();
}

void check_media_type(const JsonView& document, bool (*fits)(std::string_view), std::string_view kind) {
  const auto type = document.find("mediaType");
  // The descriptor above may say something else; whoever goes by the document must still come to the same
  // kind.
  if (type && !fits(type->string())) {
    throw Error(ErrorCode::kIntegrity, std::string(kind) + " has the mediaType " + type->string());
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

// Checked before anything is read, since a JsonView relies on it. `raw_` is the first member, so that the
// views are of the text that is kept.
Manifest::Manifest(std::string raw)
    : raw_(std::move(raw)),
      config_(parse_descriptor(checked(raw_).get("config"))),
      layers_(parse_descriptors(JsonView(raw_), "layers", kMostLayers)),
      annotations_(parse_annotations(JsonView(raw_).find("annotations"))) {}

Manifest Manifest::parse(std::string raw) {
  Manifest manifest(std::move(raw));
  const JsonView document(manifest.raw_);
  check_media_type(document, is_manifest, "manifest");
  refuse_member(document, "manifests", "manifest");
  return manifest;
}

std::string Manifest::own_media_type() const { return media_type_of(raw_); }

// Parsed again, so that an edit can never make what we would refuse to read.
Manifest Manifest::edited(const DocumentEdit& edit) const {
  return parse(edit_document(raw_, "layers", edit));
}

Index::Index(std::string raw)
    : raw_(std::move(raw)),
      manifests_(parse_descriptors(checked(raw_), "manifests", kMostManifests)),
      annotations_(parse_annotations(JsonView(raw_).find("annotations"))) {}

Index Index::parse(std::string raw) {
  Index index(std::move(raw));
  const JsonView document(index.raw_);
  check_media_type(document, is_index, "index");
  refuse_member(document, "config", "index");
  refuse_member(document, "layers", "index");
  return index;
}

std::string Index::own_media_type() const { return media_type_of(raw_); }

Index Index::edited(const DocumentEdit& edit) const { return parse(edit_document(raw_, "manifests", edit)); }

}  // namespace imgcrypt
