// Byte ranges. A view never owns: the bytes must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;

// Room for bytes. Unlike that of Bytes it is not zeroed, so that what is never filled costs no memory.
class Buffer {
 public:
  explicit Buffer(std::size_t size) : data_(new std::uint8_t[size]), size_(size) {}

  [[nodiscard]] MutableByteView view() const noexcept { return {data_.get(), size_}; }
  [[nodiscard]] std::uint8_t* data() const noexcept { return data_.get(); }

 private:
  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_;
};

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Texts from outside as one line that no terminal obeys: other than printable ASCII becomes '?'.
inline std::string printable(std::string text) {
  for (char& c : text) {
    if (c < 0x20 || c >= 0x7f) c = '?';
  }
  return text;
}

// Its first `most` bytes, and "..." for the rest.
inline std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  text.resize(most);
  return text + "...";
}

// Sizes in messages: "64 KiB".
inline std::string in_kib(std::size_t bytes) { return std::to_string(bytes / 1024) + " KiB"; }

inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

}  // namespace imgcrypt
