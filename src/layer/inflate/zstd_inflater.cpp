#include "layer/inflate/inflater.hpp"

#include <imgcrypt/error.hpp>

#include <zstd.h>

namespace imgcrypt {
namespace {

constexpr int kMostWindowLog = 27;  // 128 MiB, zstd's own limit for data from outside

class ZstdInflater final : public Inflater {
 public:
  ZstdInflater() : context_(ZSTD_createDCtx()) {
    if (!context_) throw Error(ErrorCode::kOther, "zstd: ZSTD_createDCtx");
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kMostWindowLog);
  }

  std::size_t inflate(ByteView& input, MutableByteView output) override {
    ZSTD_inBuffer in = {input.data(), input.size(), 0};
    ZSTD_outBuffer out = {output.data(), output.size(), 0};
    const std::size_t more = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(more) != 0U) {
      throw Error(ErrorCode::kIntegrity,
                  std::string("the zstd data of the layer is damaged: ") + ZSTD_getErrorName(more));
    }
    // 0 is the end of a frame, checksum checked and all output given; any other value is a hint of how much
    // to feed.
    is_at_end_ = more == 0;
    input = input.subspan(in.pos);
    return out.pos;
  }

  [[nodiscard]] bool is_at_end() const noexcept override { return is_at_end_; }

  void restart() override {
    // The session only: the limit of the window is a parameter and must stay.
    ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
    is_at_end_ = false;
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  bool is_at_end_ = false;
};

}  // namespace

std::unique_ptr<Inflater> make_zstd_inflater() { return std::make_unique<ZstdInflater>(); }

}  // namespace imgcrypt
