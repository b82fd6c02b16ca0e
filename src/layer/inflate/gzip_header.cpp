#include "layer/inflate/gzip_header.hpp"

#include "layer/inflate/inflater.hpp"
#include "layer/inflate/magic.hpp"

namespace imgcrypt {
namespace {

// RFC 1952, section 2.3.1.
constexpr std::uint64_t kFlagsAt = 3;
constexpr unsigned kHasCrc = 0x02;
constexpr unsigned kHasExtra = 0x04;
constexpr unsigned kHasName = 0x08;
constexpr unsigned kHasComment = 0x10;
constexpr unsigned kReserved = 0xe0;

// Section 8, a bit at a time: headers are short.
std::uint32_t crc32_of(std::uint32_t before, std::uint8_t byte) {
  std::uint32_t crc = before ^ byte;
  for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  return crc;
}

}  // namespace

GzipHeader::Found GzipHeader::read(ByteView& input) {
  while (field_ != Field::kEnd) {
    if (input.empty()) return Found::kMore;
    const std::uint8_t byte = input.front();
    if (size_ < kGzipMagic.size() && byte != kGzipMagic[size_]) return Found::kOther;
    input = input.subspan(1);
    take(byte);
  }
  return Found::kHeader;
}

void GzipHeader::take(std::uint8_t byte) {
  if (size_ == kFlagsAt) flags_ = byte;
  if ((flags_ & kReserved) != 0)
    throw Error(ErrorCode::kIntegrity, "a gzip header of the layer has reserved flags", kInflateHint);
  ++size_;
  number_ = static_cast<std::uint16_t>(number_ >> 8U | byte << 8U);
  if (field_ != Field::kCrc) crc_ = crc32_of(crc_, byte);
  const bool is_text = field_ == Field::kName || field_ == Field::kComment;
  left_ -= is_text && byte != 0 ? 0 : 1;
  if (left_ > 0) return;
  if (field_ == Field::kCrc && number_ != (~crc_ & 0xffffU))
    throw Error(ErrorCode::kIntegrity, "a gzip header of the layer is damaged: its CRC does not fit",
                kInflateHint);
  start_next_field();
}

void GzipHeader::start_next_field() noexcept {
  do {
    field_ = static_cast<Field>(static_cast<int>(field_) + 1);
    left_ = length_of(field_);
  } while (left_ == 0 && field_ != Field::kEnd);
}

// 0: there is no such field.
std::size_t GzipHeader::length_of(Field field) const noexcept {
  const auto if_flag = [this](unsigned flag, std::size_t length) {
    return (flags_ & flag) != 0 ? length : 0;
  };
  switch (field) {
    case Field::kExtraLength:
      return if_flag(kHasExtra, 2);
    case Field::kExtra:
      return if_flag(kHasExtra, number_);
    case Field::kName:
      return if_flag(kHasName, 1);
    case Field::kComment:
      return if_flag(kHasComment, 1);
    case Field::kCrc:
      return if_flag(kHasCrc, 2);
    case Field::kFixed:
    case Field::kEnd:
      break;
  }
  return 0;
}

}  // namespace imgcrypt
