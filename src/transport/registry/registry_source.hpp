// Reads an image of a registry. The manifest that the name leads to is read once, when it is opened, so that
// a tag that moves later changes nothing.
#pragma once

#include "transport/image_store.hpp"
#include "transport/registry/registry_client.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace imgcrypt {

class RegistrySource final : public ImageSource {
 public:
  // Reads and verifies the root. Throws kNotFound when there is no such image, kIntegrity when it is not the
  // one whose digest was named, kRegistry, kNetwork.
  [[nodiscard]] static std::unique_ptr<RegistrySource> open_image(std::unique_ptr<RegistryClient> client);

  // Contracts as in image_store.hpp.
  [[nodiscard]] const RootDescriptor& root() const override { return root_; }
  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) override;
  // By HEAD. A registry that does not say the size is believed.
  void check_presence(const Descriptor& blob) override;
  // By the API or the tag in its place, and cosign's tags.
  [[nodiscard]] std::vector<Referrer> referrers(const Descriptor& subject) override;

 private:
  // What cosign's tag names; none if there is no such tag.
  [[nodiscard]] std::vector<Referrer> tagged(const std::string& tag);

  RegistrySource(std::unique_ptr<RegistryClient> client, RootDescriptor root, std::string text)
      : client_(std::move(client)), root_(std::move(root)), root_text_(std::move(text)) {}

  std::unique_ptr<RegistryClient> client_;
  RootDescriptor root_;
  std::string root_text_;
};

}  // namespace imgcrypt
