#include "keys/asn1/der_writer.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

void append_size(Bytes& bytes, std::size_t size) {
  if (size < 0x80) {
    bytes.push_back(static_cast<std::uint8_t>(size));
    return;
  }
  unsigned digits = 1;
  while (size >> (8 * digits) != 0) ++digits;
  bytes.push_back(static_cast<std::uint8_t>(0x80 | digits));
  while (digits-- > 0) bytes.push_back(static_cast<std::uint8_t>(size >> (8 * digits)));
}

}  // namespace

Bytes der_element(DerTag tag, std::initializer_list<ByteView> parts) {
  std::size_t size = 0;
  for (const ByteView part : parts) size += part.size();
  Bytes element = {static_cast<std::uint8_t>(tag)};
  append_size(element, size);
  for (const ByteView part : parts) element.insert(element.end(), part.begin(), part.end());
  return element;
}

Bytes der_set_of(std::vector<Bytes> elements) {
  // As texts: g++ 12 warns about its own comparison of byte vectors.
  std::ranges::sort(elements, {}, [](const Bytes& element) { return as_text(element); });
  Bytes content;
  for (const Bytes& element : elements) content.insert(content.end(), element.begin(), element.end());
  return der_element(DerTag::kSet, {content});
}

}  // namespace imgcrypt
