// The plug-in point of key schemes. A packet is what one wrap operation makes of a layer's private options;
// it stands, base64-encoded, in the layer's annotation (docs/formats.md). Both are safe for use by several
// threads.
#pragma once

#include "base/secret_bytes.hpp"

#include <imgcrypt/error.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

inline constexpr std::size_t kMostPackets = 64;  // in one annotation
inline constexpr std::size_t kMostPacketBytes = 64 * 1024;
inline constexpr std::size_t kMostPrivateOptionsBytes = 16 * 1024;

// How many recipients of one layer a key may be tried for: each costs an operation with the private key, and
// a hostile image may name thousands. Belongs to one thread.
class Attempts {
 public:
  static constexpr std::size_t kMost = 128;  // a full annotation of each scheme that private keys open

  // Before each operation. Throws kRefused when none is left.
  void use() {
    if (left_ == 0)
      throw Error(ErrorCode::kRefused,
                  "more than " + std::to_string(kMost) + " recipients that the key might be");
    --left_;
  }

 private:
  std::size_t left_ = kMost;
};

class KeyWrapper {
 public:
  virtual ~KeyWrapper() = default;
  // The annotation that this scheme's packets stand in. Several wrappers may share one.
  [[nodiscard]] virtual std::string annotation() const = 0;
  [[nodiscard]] virtual Bytes wrap(const SecretBytes& options) const = 0;
};

using KeyWrappers = std::vector<std::unique_ptr<KeyWrapper>>;

class KeyUnwrapper {
 public:
  virtual ~KeyUnwrapper() = default;
  // Whether this may open packets that stand in this annotation: one key may serve several schemes.
  [[nodiscard]] virtual bool reads(std::string_view annotation) const = 0;
  // "wrong.pem (RSA key ab12...)": what a message calls the key.
  [[nodiscard]] virtual std::string description() const = 0;
  // nullopt: the packet is for another key. Throws kIntegrity or kRefused for a packet that no key should
  // open, kProvider when the program that holds the key failed, and as Attempts::use. REQUIRES:
  // reads(annotation).
  [[nodiscard]] virtual std::optional<SecretBytes> unwrap(std::string_view annotation, ByteView packet,
                                                          Attempts& attempts) const = 0;
};

using KeyUnwrappers = std::vector<std::unique_ptr<KeyUnwrapper>>;

}  // namespace imgcrypt
