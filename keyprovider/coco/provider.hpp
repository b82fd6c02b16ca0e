// The provider: wraps as coco_keyprovider does, and unwraps as the confidential-data-hub does in a guest.
#pragma once

#include "keyprovider/coco/key_id.hpp"
#include "keyprovider/coco/parameters.hpp"
#include "keyprovider/serve.hpp"

#include <functional>
#include <string>
#include <vector>

namespace imgcrypt::keyprovider::coco {

// The keys of the node, beside those that a request names.
struct KeyPlaces {
  std::vector<std::string> keys;  // each KEYID=FILE
  std::vector<std::string> resources;
  bool has_sample = false;
};

class CocoProvider final : public KeyProvider {
 public:
  using Warn = std::function<void(const std::string&)>;

  // Throws kUsage for a key that is not KEYID=FILE.
  CocoProvider(const KeyPlaces& node, Warn warn);

  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override;
  SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) override;

 private:
  struct NamedKey {
    std::string id;
    SecretBytes key;
  };
  [[nodiscard]] NamedKey key_to_wrap_with(const Parameters& parameters) const;

  std::vector<Parameters> node_;
  Warn warn_;
};

}  // namespace imgcrypt::keyprovider::coco
