#include "layer/inflate/inflater.hpp"
#include "layer/inflate/window_share.hpp"
#include "layer/inflate/zstd_header.hpp"

#include <zstd.h>

#include <bit>
#include <string>

namespace imgcrypt {
namespace {

constexpr int kMostWindowLog = std::bit_width(kMostZstdWindow) - 1;
static_assert(kMostZstdWindow <= WindowShare::kMostInSum);

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

class ZstdInflater final : public Inflater {
 public:
  std::size_t inflate(ByteView& input, MutableByteView output) override {
    while (true) {
      if (state_ == State::kHeader && !read_header(input)) return 0;
      const std::size_t before = input.size();
      const std::size_t size = decompress(input, output);
      if (size > 0 || (input.empty() && state_ == State::kFrame)) return size;
      if (state_ == State::kFrame && input.size() == before)
        throw Error(ErrorCode::kIntegrity, "the zstd data of the layer is damaged", kInflateHint);
    }
  }

  void finish() override {
    if (state_ == State::kFrame || !header_.bytes().empty())
      throw Error(ErrorCode::kIntegrity, "the zstd data of the layer is cut short", kInflateHint);
  }

  [[nodiscard]] std::uint64_t trailing_bytes() const noexcept override { return 0; }

 private:
  enum class State { kHeader, kFrame };

  // False when more input is needed.
  bool read_header(ByteView& input) {
    const ZstdHeader::Found found = header_.read(input);
    if (found == ZstdHeader::Found::kOther)
      throw Error(ErrorCode::kIntegrity,
                  "the zstd data of the layer ends after " + std::to_string(used_) +
                      " bytes, and what comes after it is not zstd data",
                  kInflateHint);
    if (found == ZstdHeader::Found::kMore) return false;
    make_room_for(header_.window());
    // It is not part of `input` any more. Nothing comes out for a header alone.
    ByteView header = header_.bytes();
    state_ = State::kFrame;
    std::uint8_t nothing = 0;
    (void)decompress(header, MutableByteView(&nothing, 0));
    header_ = {};
    return true;
  }

  void make_room_for(std::uint64_t window) {
    if (window > kMostZstdWindow) {
      throw Error(ErrorCode::kRefused,
                  "the layer's zstd data needs a window of " + mebibytes(window) +
                      ", more than the limit of " + mebibytes(kMostZstdWindow),
                  std::string(kInflateHint) + ", or decrypt it without a check: --diff-ids=never");
    }
    if (context_ && share_.covers(window)) return;
    // First, as the memory goes with it, and nobody may wait for a share while holding one.
    context_.reset();
    share_.release();
    if (!share_.covers(window)) share_.take(window);
    context_.reset(ZSTD_createDCtx());
    if (!context_) throw Error(ErrorCode::kOther, "zstd: ZSTD_createDCtx");
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kMostWindowLog);
  }

  std::size_t decompress(ByteView& input, MutableByteView output) {
    ZSTD_inBuffer in = {input.data(), input.size(), 0};
    ZSTD_outBuffer out = {output.data(), output.size(), 0};
    const std::size_t more = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(more) != 0U) {
      throw Error(ErrorCode::kIntegrity,
                  std::string("the zstd data of the layer is damaged: ") + ZSTD_getErrorName(more),
                  kInflateHint);
    }
    // 0 is the end of a frame, checksum checked and all output given; any other value is a hint of how much
    // to feed. The context is then ready for the next frame.
    if (more == 0) state_ = State::kHeader;
    used_ += in.pos;
    input = input.subspan(in.pos);
    return out.pos;
  }

  struct Free {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
  };
  WindowShare share_;  // outlives the memory it stands for
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  State state_ = State::kHeader;
  ZstdHeader header_;
  std::uint64_t used_ = 0;  // bytes that zstd has got
};

}  // namespace

std::unique_ptr<Inflater> make_zstd_inflater() { return std::make_unique<ZstdInflater>(); }

}  // namespace imgcrypt
