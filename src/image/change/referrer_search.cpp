#include "image/change/referrer_search.hpp"

#include "image/change/source_digest.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

// Of one image, with those of referrers. A registry may list as many as it likes.
constexpr std::size_t kMostReferrers = 1'000;

}  // namespace

Subjects subjects_of(const ImageSource& source, const ImageNode& chosen) {
  const Descriptor& root = source.root().descriptor;
  Subjects subjects{{root}, {}};
  std::set<Digest> seen = {root.digest};
  for_each_document(chosen, [&](const ImageNode& node, const Annotations& annotations) {
    if (seen.insert(node.descriptor.digest).second) subjects.documents.push_back(node.descriptor);
    const auto record = newest_record(annotations);
    const auto before = record ? Digest::parse_if_valid(annotations.at(*record)) : std::nullopt;
    if (before && seen.insert(*before).second)
      subjects.before_encryption.push_back({{}, *before, 0, {}, std::nullopt, false, false});
  });
  return subjects;
}

ReferrerSearch::ReferrerSearch(ImageSource& source, const ImageNode& chosen) : source_(source) {
  for_each_document(chosen, [&](const ImageNode& node, const Annotations&) {
    seen_.emplace(node.descriptor.digest, std::string());
  });
}

std::vector<Referrer> ReferrerSearch::of(const Descriptor& subject) {
  std::vector<Referrer> found = source_.referrers(subject);
  std::erase_if(found, [&](const Referrer& referrer) {
    return !seen_.emplace(referrer.root.descriptor.digest, referrer.tag).second;
  });
  count_ += found.size();
  if (count_ > kMostReferrers) {
    throw Error(ErrorCode::kRefused,
                "the image has more than " + std::to_string(kMostReferrers) + " referrers",
                "leave out --referrers copy");
  }
  return found;
}

}  // namespace imgcrypt
