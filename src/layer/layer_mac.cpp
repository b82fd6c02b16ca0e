#include "layer/layer_mac.hpp"

#include "base/layer_authentication.hpp"
#include "crypto/random.hpp"

#include <imgcrypt/error.hpp>

#include <utility>

namespace imgcrypt {
namespace {

// One pass for two MACs. The HMAC is computed by the chunks' pool, the cheap one at once.
class BothMacs final : public Sink {
 public:
  BothMacs(ChunkHash<Mac>& hmac, Mac& own) : hmac_(hmac), own_(own) {}

  void write(Chunk chunk) override {
    hmac_.update(chunk);
    own_.update(chunk.view());
  }

 private:
  ChunkHash<Mac>& hmac_;
  Mac& own_;
};

}  // namespace

LayerMac layer_hmac(const PrivateOptions& options, const PublicOptions& public_options) {
  return {hmac_sha256(options.key), public_options.hmac};
}

void require_equal_macs(ByteView made, ByteView expected) {
  if (!equal_constant_time(made, expected)) throw layer_authentication_failed();
}

LayerMac verify_layer(Source& ciphertext, LayerMac hmac) {
  ChunkHash<Mac> made(std::move(hmac.mac));
  // A random key for each call, as Poly1305 is secure for one message only. `again` makes no second one: it
  // either sees the same bytes, or its code never leaves this process.
  Mac own = poly1305(random_secret(kPoly1305KeySize));
  Mac again = own;  // has the same key, and has seen nothing
  BothMacs macs(made, own);
  pump(ciphertext, macs);
  require_equal_macs(made.finish(), hmac.expected);
  return {std::move(again), own.finish()};
}

}  // namespace imgcrypt
