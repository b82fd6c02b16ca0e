#include "layer/inflate/gzip_body.hpp"
#include "layer/inflate/inflater.hpp"

#include <zlib.h>

#include <array>
#include <utility>

namespace imgcrypt {
namespace {

constexpr int kGzipWindow = 15 + 16;  // 32 KiB, with gzip's header and trailer
// zlib checks the trailer only of a member with a header. It gets the shortest one, as the real one was read.
constexpr std::array<std::uint8_t, 10> kHeader = {0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0xff};

// For static builds: Debian has no static library of ISA-L, which is faster.
class ZlibGzipBody final : public GzipBody {
 public:
  ZlibGzipBody() {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw Error(ErrorCode::kOther, "zlib: inflateInit2");
  }
  ~ZlibGzipBody() override { inflateEnd(&stream_); }
  ZlibGzipBody(const ZlibGzipBody&) = delete;
  ZlibGzipBody& operator=(const ZlibGzipBody&) = delete;

  std::size_t inflate(ByteView& input, MutableByteView output) override {
    if (std::exchange(is_new_, false)) {
      ByteView header(kHeader);
      (void)step(header, output);
    }
    return step(input, output);
  }

  [[nodiscard]] bool is_at_end() const noexcept override { return is_at_end_; }

  void restart() override {
    inflateReset(&stream_);
    is_new_ = true;
    is_at_end_ = false;
  }

 private:
  std::size_t step(ByteView& input, MutableByteView output) {
    stream_.next_in = const_cast<Bytef*>(input.data());
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = output.data();
    stream_.avail_out = static_cast<uInt>(output.size());
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    // Z_BUF_ERROR only means that there was nothing to read or no room; whether that is the end, the caller
    // knows.
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      throw Error(ErrorCode::kIntegrity, "the gzip data of the layer is damaged", kInflateHint);
    is_at_end_ = status == Z_STREAM_END;
    input = input.last(stream_.avail_in);
    return output.size() - stream_.avail_out;
  }

  z_stream stream_{};
  bool is_new_ = true;
  bool is_at_end_ = false;
};

}  // namespace

std::unique_ptr<GzipBody> make_gzip_body() { return std::make_unique<ZlibGzipBody>(); }

}  // namespace imgcrypt
