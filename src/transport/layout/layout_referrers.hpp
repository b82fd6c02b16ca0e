// What the entries of an index.json refer to: an artifact that is listed beside its image names it as its
// `subject`, cosign and regctl name it by a tag. Values and free functions.
#pragma once

#include "transport/layout/layout_entries.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// The text of a manifest or index; nullopt for one that cannot be read: what is damaged refers to nothing.
using ReadDocument = std::function<std::optional<std::string>(const Descriptor& document)>;

// By what they refer to. Each document is read once, however often it is listed. The tag of cosign is
// sha256-HEX.sig (.att, .sbom); under sha256-HEX regctl lists them in an index, as registries do that have no
// API for them (distribution specification, "Referrers Tag Schema"). Throws what `read` throws.
[[nodiscard]] std::multimap<Digest, Referrer> referrers_in(const std::vector<LayoutEntry>& entries,
                                                           const ReadDocument& read);

// Those of one store, found when somebody first asks. For a source, whose methods several threads may call.
class ListedReferrers {
 public:
  using ReadEntries = std::function<std::vector<LayoutEntry>()>;
  // Reads the documents from `store`. Throws what `entries` throws; kCancelled and kOther.
  [[nodiscard]] std::vector<Referrer> of(const Descriptor& subject, ImageSource& store,
                                         const ReadEntries& entries);

 private:
  std::once_flag are_found_;
  std::multimap<Digest, Referrer> found_;  // by subject
};

}  // namespace imgcrypt
