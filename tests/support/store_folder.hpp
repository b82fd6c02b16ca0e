// A content store as containerd lays it out, to be filled by tests.
#pragma once

#include "node/content_store.hpp"
#include "node/defaults.hpp"
#include "oci/descriptor.hpp"
#include "support/scratch_folder.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace imgcrypt::test {

inline std::string manifest_of(const std::vector<Descriptor>& layers) {
  auto list = nlohmann::ordered_json::array();
  for (const Descriptor& layer : layers)
    list.push_back({{"mediaType", layer.media_type},
                    {"digest", layer.digest.string()},
                    {"size", layer.size},
                    {"annotations", layer.annotations}});
  return nlohmann::ordered_json{{"schemaVersion", 2}, {"layers", list}}.dump();
}

class StoreFolder {
 public:
  StoreFolder() { std::filesystem::create_directories(root() / "blobs/sha256"); }

  [[nodiscard]] std::filesystem::path root() const { return folder_.path() / kContentStoreName; }
  [[nodiscard]] ContentStore store() const { return ContentStore(root()); }
  [[nodiscard]] std::string path(const Digest& digest) const { return store().path(digest); }
  // Of a file that need not be there, by any name.
  [[nodiscard]] std::string path(const std::string& name) const { return root() / "blobs/sha256" / name; }

  // A blob that was written `minutes` ago; returns its path.
  std::string add(std::string_view content, int minutes = 0) const {
    std::string file = path(Digest::of(as_bytes(content)));
    std::ofstream(file, std::ios::binary) << content;
    const auto now = std::filesystem::file_time_type::clock::now();
    std::filesystem::last_write_time(file, now - std::chrono::minutes(minutes));
    return file;
  }
  std::string add_manifest(const std::vector<Descriptor>& layers, int minutes = 0) const {
    return add(manifest_of(layers), minutes);
  }
  // Files without content, by names that are not digests.
  void add_entries(int count) const {
    for (int i = 0; i < count; ++i) std::ofstream(path("entry" + std::to_string(i)));
  }

 private:
  ScratchFolder folder_;
};

}  // namespace imgcrypt::test
