// Writes an image into a directory as skopeo's dir: does, which holds one image. Files have no names before
// commit(); manifest.json, which makes the image visible, is replaced when all others are there, and then the
// files of the image that was there go; all that under a lock of the directory. So whoever opens the
// directory finds the old image or the new one, whole; who has begun to read the old one may miss its files.
// Threads as in image_store.hpp.
#pragma once

#include "transport/dir/dir_reference.hpp"
#include "transport/files/file_lock.hpp"
#include "transport/image_store.hpp"
#include "transport/layout/pending_blob.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

class DirDestination final : public ImageDestination {
 public:
  // `own` is the image that is read from this very directory: then only it is replaced.
  DirDestination(DirReference reference, std::optional<Digest> own, Warn warn)
      : reference_(std::move(reference)), own_(std::move(own)), warn_(std::move(warn)) {}
  // A directory that was made and is still empty goes.
  ~DirDestination() override;
  DirDestination(const DirDestination&) = delete;
  DirDestination& operator=(const DirDestination&) = delete;

  // Throws kUsage when the directory cannot be made, kRefused for one with other content than skopeo's.
  void check() override;
  // Only what was put.
  [[nodiscard]] bool has(const Descriptor& blob) override;
  [[nodiscard]] bool adopt(const Descriptor& /*blob*/) override { return false; }
  Digest put_blob(const BlobInfo& info, Source& content) override;
  void put_document(const Descriptor& descriptor, std::string_view text) override;
  // When it throws and the image is not visible, the files of the old one are there, and no others.
  std::optional<Digest> commit(const RootDescriptor& root) override;
  [[nodiscard]] std::optional<Digest> named_now() override;

 private:
  [[nodiscard]] Fd open_directory();
  void write_file(const Fd& directory, const std::string& name, std::string_view text);
  void put_in_place(const Fd& directory, const RootDescriptor& root);
  void unlink_new_files(const Fd& directory) noexcept;
  void remove_others(const Digest& root) const;

  DirReference reference_;
  std::optional<Digest> own_;
  Warn warn_;
  std::mutex mutex_;
  bool is_made_ = false;
  std::map<Digest, PendingBlob> blobs_;
  std::map<Digest, std::string> documents_;
  std::vector<std::string> new_files_;  // whose names were free
};

}  // namespace imgcrypt
