// Writes an image into an archive that `docker load` and `podman load` read: manifest.json, a config, and the
// layers as they are. For plain images of one platform: Docker could not open others. Threads as in
// image_store.hpp.
#pragma once

#include "oci/manifest.hpp"
#include "transport/archive/archive_output.hpp"
#include "transport/archive/archive_target.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

class DockerArchiveDestination final : public ImageDestination {
 public:
  // Throws as require_writable_name, and kUsage for a name that Docker does not take.
  DockerArchiveDestination(ArchiveTarget target, const std::filesystem::path& temporary_directory, Warn warn);

  // Throws as ArchiveOutput::check, read_existing and only_image.
  void check() override;
  // Throws kRefused for encrypted layers, layers of no file system, and several platforms.
  void expect(const ExpectedImage& image) override;
  [[nodiscard]] bool is_sequential() const noexcept override { return output_.is_stream(); }
  // Only what was put.
  [[nodiscard]] bool has(const Descriptor& blob) override { return output_.writer().has(blob.digest); }
  [[nodiscard]] bool adopt(const Descriptor& /*blob*/) override { return false; }
  Digest put_blob(const BlobInfo& info, Source& content) override;
  // Kept until commit(), which takes from it what Docker's list says.
  void put_document(const Descriptor& descriptor, std::string_view text) override;
  std::optional<Digest> commit(const RootDescriptor& root) override;
  [[nodiscard]] std::optional<Digest> named_now() override;
  // Docker's list has no place for a manifest.
  [[nodiscard]] bool keeps_documents() const noexcept override { return false; }
  [[nodiscard]] std::optional<Descriptor> remade_root() const override { return remade_; }

 private:
  [[nodiscard]] std::optional<Descriptor> image_to_replace() const;
  [[nodiscard]] std::string docker_list() const;
  [[nodiscard]] Descriptor root_when_read() const;

  ArchiveTarget target_;
  std::filesystem::path temporary_directory_;
  Warn warn_;
  ArchiveOutput output_;
  std::optional<Manifest> image_;
  std::optional<Descriptor> remade_;
  // What a reader would know of a blob: its SHA-256, and by its first bytes the media type of a layer.
  std::map<Digest, Descriptor> seen_;
  std::mutex mutex_;  // of seen_, while blobs are put
};

}  // namespace imgcrypt
