// zstd layers against libzstd, which is given all of the input at once.
#include "fuzz/inflate.hpp"

#include <zstd.h>

#include <memory>

namespace imgcrypt::test {
namespace {

constexpr int kMostWindowLog = 29;  // kMostZstdWindow

struct Free {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};
using Context = std::unique_ptr<ZSTD_DCtx, Free>;

// All frames; nullopt unless they are the whole input.
std::optional<Bytes> inflate_with_zstd(ByteView input) {
  const Context context(ZSTD_createDCtx());
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kMostWindowLog);
  ZSTD_inBuffer in = {input.data(), input.size(), 0};
  Bytes content;
  Bytes room(ZSTD_DStreamOutSize());
  std::size_t more = 0;
  do {
    ZSTD_outBuffer out = {room.data(), room.size(), 0};
    more = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(more) != 0U) return std::nullopt;
    content.insert(content.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(out.pos));
    // Neither read nor written: it waits for input that does not come.
    if (more != 0 && in.pos == in.size && out.pos < out.size) return std::nullopt;
  } while (in.pos < in.size || more != 0);
  return content;
}

// In one call, without streaming: other code of the library.
void expect_content(ByteView input, const Bytes& content) {
  Bytes room(content.size() + 1);
  const std::size_t size = ZSTD_decompress(room.data(), room.size(), input.data(), input.size());
  expect(size == content.size() && std::equal(content.begin(), content.end(), room.begin()),
         "the content of a single call");
}

}  // namespace

void fuzz(ByteView input) {
  if (detect_compression(input) != Compression::kZstd) return;
  const auto theirs = inflate_with_zstd(input);
  expect_same_inflated(input, theirs);
  if (theirs) expect_content(input, *theirs);
}

}  // namespace imgcrypt::test
