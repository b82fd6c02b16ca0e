#include "image/change/source_digest.hpp"

namespace imgcrypt {
namespace {

constexpr const char* kSourceDigest = "dev.imgcrypt.source.digest";
constexpr const char* kAgain = ".again";  // once for each older record

}  // namespace

std::optional<std::string> newest_record(const Annotations& annotations) {
  std::optional<std::string> newest;
  for (auto at = annotations.lower_bound(kSourceDigest);
       at != annotations.end() && at->first.starts_with(kSourceDigest); ++at) {
    // By length, whatever a name ends with: the next one is longer than all, and so the newest.
    if (!newest || at->first.size() > newest->size()) newest = at->first;
  }
  return newest;
}

std::string next_record(const Annotations& annotations) {
  const auto newest = newest_record(annotations);
  return newest ? *newest + kAgain : kSourceDigest;
}

}  // namespace imgcrypt
