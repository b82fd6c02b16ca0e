#include "keywrap/pgp/pgp_packets.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

constexpr unsigned kIsPacket = 0x80;
constexpr unsigned kIsNewFormat = 0x40;

}  // namespace

PgpPacket PgpPacketReader::take() {
  const ByteView start = rest_;
  const unsigned first = take_bytes(1).front();
  if ((first & kIsPacket) == 0) throw Error(ErrorCode::kIntegrity, "not an OpenPGP packet");
  const bool is_new = (first & kIsNewFormat) != 0;
  PgpPacket packet{.tag = is_new ? first & 0x3fU : (first & 0x3fU) >> 2U};
  Length length = is_new ? take_new_length() : take_old_length(first & 3U);
  if (length.is_partial && !is_pgp_data(packet.tag))
    throw Error(ErrorCode::kIntegrity,
                "an OpenPGP packet of tag " + std::to_string(packet.tag) + " in parts");
  packet.body = take_bytes(length.size);
  while (length.is_partial) {
    length = take_new_length();
    (void)take_bytes(length.size);
  }
  packet.whole = start.first(start.size() - rest_.size());
  return packet;
}

PgpPacketReader::Length PgpPacketReader::take_new_length() {
  const std::size_t first = take_number(1);
  if (first < 192) return {first};
  if (first < 224) return {((first - 192) << 8U) + take_number(1) + 192};
  if (first < 255) return {std::size_t{1} << (first & 0x1fU), true};
  return {take_number(4)};
}

PgpPacketReader::Length PgpPacketReader::take_old_length(unsigned type) {
  if (type == 3) return {rest_.size()};  // it goes on to the end
  return {take_number(std::size_t{1} << type)};
}

ByteView PgpPacketReader::take_bytes(std::size_t size) {
  if (size > rest_.size()) throw Error(ErrorCode::kIntegrity, "an OpenPGP packet was cut off");
  const ByteView bytes = rest_.first(size);
  rest_ = rest_.subspan(size);
  return bytes;
}

std::size_t PgpPacketReader::take_number(std::size_t size) {
  std::size_t number = 0;
  for (const std::uint8_t byte : take_bytes(size)) number = (number << 8U) | byte;
  return number;
}

}  // namespace imgcrypt
