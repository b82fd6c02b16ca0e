// Writes an image into a registry: blobs, then documents from the leaves up, and the tag last, with the root,
// so that it leads to the old image or to the new one whenever we are killed.
#pragma once

#include "transport/image_store.hpp"
#include "transport/registry/registry_client.hpp"
#include "transport/registry/upload/blob_upload.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

// Where an image goes, and what that has to do with where it comes from.
struct RegistryTarget {
  RegistryReference name;
  // Of the same registry, if the image is read from there: its blobs need not be sent.
  std::optional<std::string> source_repository = std::nullopt;
  // The image that is replaced in place: what the name led to when it was read.
  std::optional<Digest> replaced = std::nullopt;
  std::filesystem::path temporary_directory = {};
};

class RegistryDestination final : public ImageDestination {
 public:
  RegistryDestination(std::unique_ptr<RegistryClient> client, RegistryTarget target);
  // Deletes the sessions that are open at the registry. Blobs and documents without a tag stay, until it
  // tidies up itself: nobody can take them back.
  ~RegistryDestination() override;
  RegistryDestination(const RegistryDestination&) = delete;
  RegistryDestination& operator=(const RegistryDestination&) = delete;

  // Opens an upload, which asks for the right to push; the first blob then uses it. In place it also looks
  // whether the tag still leads to the image that was read: throws kOther.
  void check() override;
  // Throws kRefused when the name has a digest, not in place, which the image will not have.
  void expect(const ExpectedImage& image) override;
  // By HEAD: the registry is believed that it holds what it says.
  [[nodiscard]] bool has(const Descriptor& blob) override;
  // Mounts a blob of another repository of the same registry; in the same one it is there already.
  [[nodiscard]] bool adopt(const Descriptor& blob) override;
  Digest put_blob(const BlobInfo& info, Source& content) override;
  // By digest; the last one is held back, for commit(). All of them where the name has a digest that the root
  // may turn out not to have.
  void put_document(const Descriptor& descriptor, std::string_view text) override;
  // Published by commit(), before the tag of the image (publish_referrer()).
  void add_referrer(const Referrer& referrer) override { referrers_.push_back(referrer); }
  // Looks at the tag once more, then puts the root under it. Throws kOther when somebody has moved the tag of
  // an image that is replaced in place; kRefused as expect(), and then no document was sent.
  std::optional<Digest> commit(const RootDescriptor& root) override;
  // Nothing for a name without a tag.
  [[nodiscard]] std::optional<Digest> named_now() override;
  [[nodiscard]] std::optional<Digest> tagged_now(const std::string& tag) override;
  // By HEAD, several at a time.
  [[nodiscard]] std::set<Digest> still_held(const std::set<Digest>& blobs) override;
  [[nodiscard]] FormerImages former_images() const noexcept override { return FormerImages::kReadable; }
  // As delete_image().
  std::vector<std::string> delete_former(const Digest& root) override;

 private:
  struct Document {
    Descriptor descriptor;
    std::string text;
  };

  [[nodiscard]] UploadSession take_session();
  [[nodiscard]] bool is_wanted_by_digest() const noexcept { return target_.name.digest && !target_.replaced; }
  [[nodiscard]] Error refused(const std::string& why) const;
  void put_held();
  // False as RegistryClient::put_manifest.
  [[nodiscard]] bool put(const std::string& name, const Document& document, const std::string& etag = {});
  // Whether the registry has shown that it has what the document lists.
  [[nodiscard]] Listed listed_by(const std::string& media_type, const std::string& text);
  void note_there(const Digest& digest);
  [[nodiscard]] Document take_root(const Descriptor& root);
  void publish_referrers();
  [[nodiscard]] std::optional<RegistryName> current();
  [[nodiscard]] Error moved(const std::optional<RegistryName>& now) const;
  // After the tag was put. Throws kOther if it names something else.
  void require_named(const Digest& root);
  Digest put_listed(const BlobInfo& info, Source& content);

  std::unique_ptr<RegistryClient> client_;
  RegistryTarget target_;
  std::atomic<UploadForm> upload_form_{UploadForm::kChunks};
  std::mutex mutex_;
  std::vector<UploadSession> spare_;  // open, and not used
  std::set<Digest> there_;            // what the registry has taken, or says that it has
  std::vector<Document> held_;        // put, and not sent yet, in their order
  std::vector<Referrer> referrers_;
};

}  // namespace imgcrypt
