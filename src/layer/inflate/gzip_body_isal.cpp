#include "layer/inflate/gzip_body.hpp"
#include "layer/inflate/inflater.hpp"

#include <isa-l/igzip_lib.h>

namespace imgcrypt {
namespace {

class IsalGzipBody final : public GzipBody {
 public:
  IsalGzipBody() { restart(); }

  std::size_t inflate(ByteView& input, MutableByteView output) override {
    // ISA-L does not write there; its interface just is not const.
    state_.next_in = const_cast<std::uint8_t*>(input.data());
    state_.avail_in = static_cast<std::uint32_t>(input.size());
    state_.next_out = output.data();
    state_.avail_out = static_cast<std::uint32_t>(output.size());
    // Positive values are states such as the end of the input, not errors.
    if (isal_inflate(&state_) < ISAL_DECOMP_OK)
      throw Error(ErrorCode::kIntegrity, "the gzip data of the layer is damaged", kInflateHint);
    input = input.last(state_.avail_in);
    return output.size() - state_.avail_out;
  }

  [[nodiscard]] bool is_at_end() const noexcept override { return state_.block_state == ISAL_BLOCK_FINISH; }

  void restart() override {
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_GZIP_NO_HDR_VER;
  }

 private:
  inflate_state state_;
};

}  // namespace

std::unique_ptr<GzipBody> make_gzip_body() { return std::make_unique<IsalGzipBody>(); }

}  // namespace imgcrypt
