// Images that are checked, and what is found.
#pragma once

#include "image/check.hpp"
#include "support/image_builder.hpp"
#include "support/reporter.hpp"

namespace imgcrypt::test {

inline constexpr const char* kLayer = "application/vnd.oci.image.layer.v1.tar";

inline std::string entry_of(const Descriptor& blob, const nlohmann::json& more = nlohmann::json::object()) {
  nlohmann::json json = {
      {"mediaType", blob.media_type}, {"digest", blob.digest.string()}, {"size", blob.size}};
  json.update(more);
  return json.dump();
}

// Commits an image with these layers, which hold what their diff_ids say.
inline void commit(MemoryStore& store, const std::vector<Descriptor>& layers,
                   const nlohmann::json& more = {}) {
  nlohmann::json diff_ids = nlohmann::json::array();
  std::string list;
  for (const Descriptor& layer : layers) {
    diff_ids.push_back(layer.digest.string());
    list += (list.empty() ? "" : ",") + entry_of(layer, more.is_null() ? nlohmann::json::object() : more);
  }
  const Descriptor config = store.add("application/vnd.oci.image.config.v1+json",
                                      nlohmann::json{{"rootfs", {{"diff_ids", diff_ids}}}}.dump());
  const std::string text =
      R"({"schemaVersion":2,"config":)" + entry_of(config) + R"(,"layers":[)" + list + "]}";
  store.commit({store.add(std::string(kOciManifest), text), {}});
}

inline CheckResult check(MemoryStore& store, CheckDepth depth = CheckDepth::kContent) {
  KeepingReporter reporter;
  return check_image(store, {.depth = depth, .jobs = 2}, reporter);
}

inline std::optional<ErrorCode> worst(MemoryStore& store, CheckDepth depth = CheckDepth::kContent) {
  const auto problem = worst_problem(check(store, depth));
  return problem ? std::optional(problem->code()) : std::nullopt;
}

inline std::vector<Error> problems_of(const CheckResult& result) {
  std::vector<Error> problems;
  result.for_each_problem([&](const Error& problem) { problems.push_back(problem); });
  return problems;
}

}  // namespace imgcrypt::test
