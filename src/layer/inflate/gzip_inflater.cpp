#include "layer/inflate/gzip_body.hpp"
#include "layer/inflate/gzip_header.hpp"
#include "layer/inflate/inflater.hpp"

#include <utility>

namespace imgcrypt {
namespace {

class GzipInflater final : public Inflater {
 public:
  std::size_t inflate(ByteView& input, MutableByteView output) override {
    while (true) {
      if (state_ == State::kHeader) read_header(input);
      const std::size_t before = input.size();
      const std::size_t size = state_ == State::kBody ? inflate_body(input, output) : 0;
      if (state_ == State::kTrailing) trailing_ += std::exchange(input, {}).size();
      if (size > 0 || input.empty()) return size;
      // Neither bytes in nor bytes out, and yet not the end: it would be asked for ever.
      if (state_ == State::kBody && input.size() == before)
        throw Error(ErrorCode::kIntegrity, "the gzip data of the layer is damaged", kInflateHint);
    }
  }

  void finish() override {
    if (state_ == State::kBody || is_first_)
      throw Error(ErrorCode::kIntegrity, "the gzip data of the layer is cut short", kInflateHint);
    if (state_ == State::kHeader) pass_over_header();
  }

  [[nodiscard]] std::uint64_t trailing_bytes() const noexcept override { return trailing_; }

 private:
  enum class State { kHeader, kBody, kTrailing };

  void read_header(ByteView& input) {
    const GzipHeader::Found found = header_.read(input);
    if (found == GzipHeader::Found::kOther) {
      if (is_first_) throw Error(ErrorCode::kIntegrity, "the layer is not gzip data", kInflateHint);
      pass_over_header();
    }
    if (found != GzipHeader::Found::kHeader) return;
    body_->restart();
    state_ = State::kBody;
    is_first_ = false;
  }

  // It was not one, or not a whole one.
  void pass_over_header() {
    trailing_ += header_.size();
    state_ = State::kTrailing;
  }

  std::size_t inflate_body(ByteView& input, MutableByteView output) {
    const std::size_t size = body_->inflate(input, output);
    if (body_->is_at_end()) {
      header_ = {};
      state_ = State::kHeader;
    }
    return size;
  }

  std::unique_ptr<GzipBody> body_ = make_gzip_body();
  State state_ = State::kHeader;
  GzipHeader header_;
  bool is_first_ = true;  // no member has begun
  std::uint64_t trailing_ = 0;
};

}  // namespace

std::unique_ptr<Inflater> make_gzip_inflater() { return std::make_unique<GzipInflater>(); }

}  // namespace imgcrypt
