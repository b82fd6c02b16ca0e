#include "cli/json/results.hpp"

namespace imgcrypt::cli {

JsonObject image_result(const Reference& reference, const Descriptor& root) {
  JsonObject result;
  result.add("reference", reference.string()).add("digest", root.digest.string());
  return result.add("mediaType", root.media_type).add("size", root.size);
}

JsonObject written_result(const Reference& target, const WriteResult& written) {
  JsonObject result =
      written.root ? image_result(target, *written.root) : JsonObject().add("reference", target.string());
  const auto& replaced = written.replaced;
  return result.add("dryRun", !written.root)
      .add_or_null("replaced", replaced ? std::optional(replaced->string()) : std::nullopt);
}

JsonObject layer_result(const std::string& place, const Descriptor& layer) {
  return JsonObject().add("place", place).add("digest", layer.digest.string());
}

JsonObject recipient_result(const PacketRecipient& recipient) {
  JsonObject result;
  result.add("scheme", recipient.scheme)
      .add("algorithm", recipient.algorithm)
      .add("keyKind", recipient.key_kind)
      .add("fingerprint", recipient.fingerprint)
      .add("problem", recipient.problem);
  if (!recipient.owner.empty()) result.add("owner", recipient.owner);
  return result;
}

JsonArray array_of(const std::set<Digest>& digests) {
  JsonArray array;
  for (const Digest& digest : digests) array.add(digest.string());
  return array;
}

}  // namespace imgcrypt::cli
