#include "streamproc/decode.hpp"

#include "streamproc/gather.hpp"
#include "streamproc/keys.hpp"
#include "streamproc/open.hpp"
#include "streamproc/sandbox/sandbox.hpp"
#include "streamproc/write.hpp"

namespace imgcrypt::streamproc {
namespace {

Error in_layer(const Error& error, const Digest& digest) {
  if (error.code() == ErrorCode::kCancelled) return error;
  const Error placed = error.in("layer " + digest.string());
  if (placed.code() != ErrorCode::kIntegrity || !placed.hint().empty()) return placed;
  return {placed.code(), placed.message(), "it was damaged or changed: remove the image and pull it again"};
}

}  // namespace

void decode_layer(const Options& options) {
  // Outside: until it returns, the layer has no name that an error could carry.
  Gathered gathered = gather(options);
  shut_in(options.sandbox, gathered.sandbox);
  try {
    const OpenedLayer layer = open_layer(gathered, keys_of(gathered));
    gathered.providers.reset();  // they have ended before anything is decompressed
    write_layer(layer, gathered.ciphertext, options.inflate, options.sandbox);
  } catch (const Error& error) {
    throw in_layer(error, gathered.digest);
  }
}

}  // namespace imgcrypt::streamproc
