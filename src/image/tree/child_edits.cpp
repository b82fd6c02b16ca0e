#include "image/tree/child_edits.hpp"

namespace imgcrypt {
namespace {

constexpr const char* kAttestationSubject = "vnd.docker.reference.digest";

}  // namespace

std::vector<DescriptorEdit> child_edits(const std::vector<Descriptor>& before,
                                        const std::vector<std::optional<Descriptor>>& after) {
  std::vector<DescriptorEdit> edits(before.size());
  std::map<std::string, std::string> renamed;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!after[i]) {
      edits[i].is_removed = true;
    } else if (after[i]->digest != before[i].digest) {
      edits[i].digest = after[i]->digest;
      edits[i].size = after[i]->size;
      edits[i].drops_urls = true;
      // An entry without a type stays without: readers then go by the document, which has the new one.
      if (!before[i].media_type.empty()) edits[i].media_type = after[i]->media_type;
      renamed[before[i].digest.string()] = after[i]->digest.string();
    }
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    // In a second pass, as an attestation may be listed before its subject.
    const auto subject = subject_of(before[i]);
    if (!subject) continue;
    const auto now = renamed.find(*subject);
    if (now != renamed.end()) edits[i].annotations.set[kAttestationSubject] = now->second;
  }
  return edits;
}

std::optional<std::string> subject_of(const Descriptor& attestation) {
  const auto subject = attestation.annotations.find(kAttestationSubject);
  return subject == attestation.annotations.end() ? std::nullopt : std::optional(subject->second);
}

}  // namespace imgcrypt
