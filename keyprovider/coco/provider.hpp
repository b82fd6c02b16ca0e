// The provider: wraps like coco_keyprovider, and unwraps like the confidential-data-hub in a guest. Reads key
// files anew for each request, and keeps no key. One thread.
#pragma once

#include "keyprovider/coco/key_id.hpp"
#include "keyprovider/coco/parameters.hpp"
#include "keyprovider/serve.hpp"

#include <functional>
#include <string>
#include <vector>

namespace imgcrypt::keyprovider::coco {

// The keys of this machine, in addition to those that a request names: the program's own options. Empty by
// default, so that without configuration a request opens what it names and nothing else.
struct KeyPlaces {
  std::vector<std::string> keys;       // each KEYID=FILE
  std::vector<std::string> resources;  // files or directories, see find_resource
  bool has_sample = false;             // open what the published key has wrapped
};

class CocoProvider final : public KeyProvider {
 public:
  // Called with a sentence for the user when a request is served but should not have been made.
  using Warn = std::function<void(const std::string&)>;

  // Throws kUsage if a key is not KEYID=FILE. Opens no file.
  CocoProvider(const KeyPlaces& node, Warn warn);

  // Throws kUsage unless the parameters name exactly one key, and kRefused if no key of
  // that name is found. Uses the sample key only if the parameters say sample=true.
  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override;
  // Tries the parameters first, then the keys of this machine. Throws kNoKey if none of them has the packet's
  // key, and otherwise the first failure.
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
