// Bytes and views of bytes, for everything that is not secret (secrets: base/secret_bytes.hpp). A view does
// not own its bytes: they must outlive it and stay where they are.
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

// Room for bytes. Unlike Bytes it is not zeroed, so that pages which are never filled cost no memory.
// Move-only: data() stays valid across a move, and a Buffer that was moved from must not be used.
class Buffer {
 public:
  // `size` is in bytes. Throws std::bad_alloc.
  explicit Buffer(std::size_t size) : data_(new std::uint8_t[size]), size_(size) {}

  // All of it, writable even through a const Buffer: constness is that of the pointer.
  [[nodiscard]] MutableByteView view() const noexcept { return {data_.get(), size_}; }
  [[nodiscard]] std::uint8_t* data() const noexcept { return data_.get(); }

 private:
  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_;
};

// The same bytes seen as the other type. Nothing is copied or checked: the text need not be UTF-8 and has no
// NUL after it.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Makes text from outside safe to print: every byte that is not printable ASCII, line ends included, becomes
// '?', so that the text is one line and holds no terminal escape sequences.
inline std::string printable(std::string text) {
  for (char& c : text) {
    if (c < 0x20 || c >= 0x7f) c = '?';
  }
  return text;
}

// The text itself if it has at most `most` bytes; otherwise its first `most` bytes and "...".
inline std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  text.resize(most);
  return text + "...";
}

// Sizes in messages: "64 KiB".
inline std::string in_kib(std::size_t bytes) { return std::to_string(bytes / 1024) + " KiB"; }

// A copy that owns its bytes.
inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

}  // namespace imgcrypt
