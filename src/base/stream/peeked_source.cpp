#include "base/stream/peeked_source.hpp"

#include <algorithm>

namespace imgcrypt {

PeekedSource::PeekedSource(Source& inner, std::size_t size) : inner_(inner), head_(size) {
  std::size_t found = 0;
  while (found < size && !is_at_end_) {
    const std::size_t more = inner_.read(MutableByteView(head_).subspan(found));
    is_at_end_ = more == 0;
    found += more;
  }
  head_.resize(found);
}

std::size_t PeekedSource::read(MutableByteView buffer) {
  const ByteView rest = ByteView(head_).subspan(given_);
  if (rest.empty()) return is_at_end_ ? 0 : inner_.read(buffer);
  const std::size_t size = std::min(buffer.size(), rest.size());
  std::ranges::copy(rest.first(size), buffer.begin());
  given_ += size;
  return size;
}

}  // namespace imgcrypt
