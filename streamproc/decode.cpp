#include "streamproc/decode.hpp"

#include "streamproc/gather.hpp"
#include "streamproc/open.hpp"
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
  try {
    const OpenedLayer layer = open_layer(gathered);
    write_layer(layer, gathered.ciphertext, options.inflate);
  } catch (const Error& error) {
    throw in_layer(error, gathered.digest);
  }
}

}  // namespace imgcrypt::streamproc
