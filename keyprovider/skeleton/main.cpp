// A key provider to start from. provider:skeleton:FILE wraps and unwraps with the 32 bytes in FILE: put your
// own key store where read_key, wrap and unwrap are. README.md says how it is built, configured and tested.
#include "base/layer_authentication.hpp"
#include "base/process/fd.hpp"
#include "crypto/aes_gcm.hpp"
#include "crypto/random.hpp"
#include "keyprovider/command_line.hpp"

namespace imgcrypt::keyprovider {
namespace {

SecretBytes read_key(const std::vector<std::string>& parameters) {
  constexpr std::size_t kKeySize = 32;
  if (parameters.size() != 1 || parameters.front() == kProviderEnabled)
    throw Error(ErrorCode::kUsage, "one key file is needed", "write provider:skeleton:FILE");
  SecretBytes key = read_secret_file(parameters.front(), 4096);
  if (key.size() != kKeySize) throw Error(ErrorCode::kUsage, parameters.front() + " does not hold 32 bytes");
  return key;
}

class Skeleton final : public KeyProvider {
 public:
  // A packet is whatever bytes this program can read again: here nonce, ciphertext and tag.
  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override {
    Bytes packet = random_bytes(kGcmNonceSize);
    const GcmSealed sealed = gcm_seal(read_key(parameters), packet, {}, options.expose());
    packet.insert(packet.end(), sealed.ciphertext.begin(), sealed.ciphertext.end());
    packet.insert(packet.end(), sealed.tag.begin(), sealed.tag.end());
    return packet;
  }

  SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) override {
    if (packet.size() < kGcmNonceSize + kGcmTagSize)
      throw Error(ErrorCode::kIntegrity, "the packet is cut short");
    const ByteView sealed = packet.subspan(kGcmNonceSize);
    auto options = gcm_open(read_key(parameters), packet.first(kGcmNonceSize), {},
                            sealed.first(sealed.size() - kGcmTagSize), sealed.last(kGcmTagSize));
    // One message for another key and for damage: nobody can tell them apart.
    if (!options) throw Error(ErrorCode::kNoKey, layer_authentication_failed().message());
    return std::move(*options);
  }
};

int run(int argc, char** argv) {
  CLI::App app("Wraps and unwraps image keys with a key file.", "keyprovider-skeleton");
  ServeOptions options{.name = "skeleton"};
  add_serve_options(app, options);
  app.callback([&options] {
    Skeleton provider;
    serve(provider, options);
  });
  return run_command_line(app, argc, argv);
}

}  // namespace
}  // namespace imgcrypt::keyprovider

int main(int argc, char** argv) { return imgcrypt::keyprovider::run(argc, argv); }
