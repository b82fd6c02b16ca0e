#include "cli/inspect/report_json.hpp"

#include "cli/inspect/names.hpp"
#include "cli/json/results.hpp"

namespace imgcrypt::cli {
namespace {

JsonObject json_of(const Annotations& annotations) {
  JsonObject json;
  for (const auto& [name, value] : annotations) json.add(name, value);
  return json;
}

JsonObject json_of(const Descriptor& blob) {
  return JsonObject()
      .add("mediaType", blob.media_type)
      .add("digest", blob.digest.string())
      .add("size", blob.size)
      .add("annotations", json_of(blob.annotations));
}

JsonObject json_of(const LayerReport& layer) {
  JsonArray recipients;
  for (const std::size_t place : layer.recipients) recipients.add(place);
  return json_of(layer.descriptor)
      .add("position", layer.position)
      .add("encrypted", layer.is_encrypted)
      .add("recipients", recipients)
      .add("recipientsOmitted", layer.omitted)
      .add_text_or_null("problem", layer.problem);
}

JsonObject json_of(const DocumentReport& document) {
  JsonObject json = JsonObject().add("kind", word_of(document.kind));
  json.add("mediaType", document.descriptor.media_type)
      .add("digest", document.descriptor.digest.string())
      .add("size", document.descriptor.size);
  json.add_or_null("platform", document.platform ? std::optional(document.platform->string()) : std::nullopt);
  json.add_or_null("about", document.about);
  json.add("annotations", json_of(document.annotations));
  json.add("descriptorAnnotations", json_of(document.descriptor.annotations));
  if (document.config) json.add("config", json_of(*document.config));
  JsonArray layers;
  for (const LayerReport& layer : document.layers) layers.add(json_of(layer));
  JsonArray parts;
  for (const DocumentReport& part : document.parts) parts.add(json_of(part));
  return json.add("layers", layers).add("parts", parts);
}

}  // namespace

JsonObject report_json(const ImageReport& report) {
  JsonArray recipients;
  for (const LayerRecipient& recipient : report.recipients)
    recipients.add(recipient_result(recipient.recipient));
  return JsonObject()
      .add("image", json_of(report.root))
      .add("recipients", recipients)
      .add("imageLayers", report.totals.layers)
      .add("encryptedLayers", report.totals.encrypted)
      .add("layerBytes", report.totals.bytes);
}

}  // namespace imgcrypt::cli
