// The two halves of a key scheme. A packet is what one wrap operation makes of a layer's private options; the
// layer's annotations hold packets in base64 (docs/formats.md). Wrappers and unwrappers are made once for a
// command and outlive its work on the image; both are immutable to their callers and safe for use by several
// threads.
#pragma once

#include "base/secret_bytes.hpp"
#include "keywrap/packet_limits.hpp"

#include <imgcrypt/error.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// Whether the packets that are written say whom they are for.
// kHidden is for those who do not want the image to tell whom it is for; readers then try every packet.
enum class RecipientNames { kWritten, kHidden };

// How many recipients of one layer a key may be tried for. Each trial costs an operation with the private
// key, and a hostile image may name thousands. Belongs to one thread.
class Attempts {
 public:
  static constexpr std::size_t kMost = 2 * kMostPackets;  // what two full annotations need

  // Call it before each operation. Throws kRefused when none is left.
  void use() {
    if (left_ == 0)
      throw Error(ErrorCode::kRefused,
                  "more than " + std::to_string(kMost) + " recipients that the key might be");
    --left_;
  }

 private:
  std::size_t left_ = kMost;
};

// Makes one packet, for one recipient or for several.
class KeyWrapper {
 public:
  virtual ~KeyWrapper() = default;
  // The annotation that the packet belongs to. Several wrappers may share one.
  [[nodiscard]] virtual std::string annotation() const = 0;
  // At most kMostPacketBytes. Throws kUsage when the recipients do not fit into one packet, kProvider when
  // the program that wraps fails, kCancelled.
  [[nodiscard]] virtual Bytes wrap(const SecretBytes& options) const = 0;
};

using KeyWrappers = std::vector<std::unique_ptr<KeyWrapper>>;

// Something that may open packets: a private key, or all key providers.
class KeyUnwrapper {
 public:
  virtual ~KeyUnwrapper() = default;
  // Whether this may open packets of this annotation: one key may serve several schemes. Cheap; reads no
  // file.
  [[nodiscard]] virtual bool reads(std::string_view annotation) const = 0;
  // What messages call the key: "wrong.pem (RSA key ab12...)".
  [[nodiscard]] virtual std::string description() const = 0;
  // What the user gave, for messages about a key that was of no use; empty if it was not named by anybody.
  [[nodiscard]] virtual std::string given() const { return description(); }
  // The private options, still to be parsed; nullopt when the packet is for another key. Throws kIntegrity or
  // kRefused for a packet that no key should open, kNoKey when the user's certificate or provider gives no
  // key, kProvider when the program that holds the key failed, kCancelled, and as Attempts::use. REQUIRES:
  // reads(annotation).
  [[nodiscard]] virtual std::optional<SecretBytes> unwrap(std::string_view annotation, ByteView packet,
                                                          Attempts& attempts) const = 0;
};

using KeyUnwrappers = std::vector<std::unique_ptr<KeyUnwrapper>>;

}  // namespace imgcrypt
