#include "layer/inflate/inflater.hpp"

#include <imgcrypt/error.hpp>

#include <zlib.h>

namespace imgcrypt {
namespace {

constexpr int kGzipWindow = 15 + 16;  // 32 KiB, with gzip's header and trailer

// For static builds: Debian has no static library of ISA-L, which is faster.
class GzipInflater final : public Inflater {
 public:
  GzipInflater() {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw Error(ErrorCode::kOther, "zlib: inflateInit2");
  }
  ~GzipInflater() override { inflateEnd(&stream_); }
  GzipInflater(const GzipInflater&) = delete;
  GzipInflater& operator=(const GzipInflater&) = delete;

  std::size_t inflate(ByteView& input, MutableByteView output) override {
    stream_.next_in = const_cast<Bytef*>(input.data());
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = output.data();
    stream_.avail_out = static_cast<uInt>(output.size());
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    // Z_BUF_ERROR only means that there was nothing to read or no room; whether that is the end, the caller
    // knows.
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      throw Error(ErrorCode::kIntegrity, "the gzip data of the layer is damaged");
    is_at_end_ = status == Z_STREAM_END;
    input = input.last(stream_.avail_in);
    return output.size() - stream_.avail_out;
  }

  [[nodiscard]] bool is_at_end() const noexcept override { return is_at_end_; }

  void restart() override {
    inflateReset(&stream_);
    is_at_end_ = false;
  }

 private:
  z_stream stream_{};
  bool is_at_end_ = false;
};

}  // namespace

std::unique_ptr<Inflater> make_gzip_inflater() { return std::make_unique<GzipInflater>(); }

}  // namespace imgcrypt
