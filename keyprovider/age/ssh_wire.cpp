#include "keyprovider/age/ssh_wire.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt::keyprovider::age {

void fail_ssh_key() { throw Error(ErrorCode::kUsage, "an SSH key that was cut or is damaged"); }

ByteView SshReader::take(std::size_t size) {
  if (size > rest_.size()) fail_ssh_key();
  const ByteView taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

std::uint32_t SshReader::take_number() {
  std::uint32_t number = 0;
  for (const std::uint8_t byte : take(4)) number = number << 8U | byte;
  return number;
}

ByteView SshReader::take_string() { return take(take_number()); }

ByteView SshReader::take_integer() {
  const ByteView value = take_string();
  const bool has_sign_byte = !value.empty() && value[0] == 0;
  const ByteView digits = value.subspan(has_sign_byte ? 1 : 0);
  // The sign byte is there exactly if the first bit would be taken for a sign.
  if (digits.empty() || digits[0] == 0 || (digits[0] >= 0x80) != has_sign_byte) fail_ssh_key();
  return digits;
}

void SshReader::expect_end() const {
  if (!rest_.empty()) fail_ssh_key();
}

void append_ssh_string(ByteView value, Bytes& out) {
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    out.push_back(static_cast<std::uint8_t>(value.size() >> shift));
  out.insert(out.end(), value.begin(), value.end());
}

}  // namespace imgcrypt::keyprovider::age
