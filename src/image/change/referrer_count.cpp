#include "image/change/referrer_count.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

namespace imgcrypt {
namespace {

// Plural by adding an s.
const char* kind_of(const Referrer& referrer) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 9> kKinds = {{
      {".sig", "signature"},
      {".att", "attestation"},
      {".sbom", "SBOM"},
      {"spdx", "SBOM"},
      {"cyclonedx", "SBOM"},
      {"sbom", "SBOM"},
      {"in-toto", "attestation"},
      {"signature", "signature"},
      {"sigstore", "signature"},
  }};
  const std::string_view text = referrer.tag.empty() ? referrer.artifact_type : referrer.tag;
  const auto* const found = std::ranges::find_if(
      kKinds, [&](const auto& kind) { return text.find(kind.first) != std::string_view::npos; });
  return found == kKinds.end() ? "other" : found->second;
}

}  // namespace

std::string count_of(const std::vector<Referrer>& referrers) {
  std::map<std::string, std::size_t> kinds;
  for (const Referrer& referrer : referrers) ++kinds[kind_of(referrer)];
  std::string list;
  for (const auto& [kind, count] : kinds) {
    list += (list.empty() ? "" : ", ") + std::to_string(count) + " " + kind +
            (count == 1 || kind == "other" ? "" : "s");
  }
  return std::to_string(referrers.size()) + (referrers.size() == 1 ? " referrer (" : " referrers (") + list +
         ")";
}

}  // namespace imgcrypt
