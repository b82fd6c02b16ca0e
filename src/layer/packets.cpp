#include "layer/packets.hpp"

#include "base/text/encoding.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

// Names of annotations come from the image and may be as long as a document.
constexpr std::size_t kMostNameLength = 100;

[[noreturn]] void fail(ErrorCode code, const std::string& annotation, const std::string& what) {
  throw Error(code, shortened(annotation, kMostNameLength) + ": " + what);
}

}  // namespace

std::vector<std::string_view> split_packets(std::string_view value) {
  std::vector<std::string_view> texts;
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    texts.push_back(value.substr(0, comma));
    if (comma == std::string_view::npos) break;
    value.remove_prefix(comma + 1);
    if (value.empty()) texts.push_back(value);
  }
  return texts;
}

Bytes parse_packet(const std::string& annotation, std::string_view value) {
  // Before decoding, so that an annotation of megabytes costs nothing.
  if (value.size() > (kMostPacketBytes + 2) / 3 * 4)
    fail(ErrorCode::kRefused, annotation, "a wrapped key of more than " + in_kib(kMostPacketBytes));
  auto packet = decode_base64(value, Base64::kStandard);
  if (!packet) fail(ErrorCode::kIntegrity, annotation, "not canonical base64");
  return std::move(*packet);
}

std::string without_packets(std::string_view value, const std::set<std::size_t>& going) {
  std::string left;
  const std::vector<std::string_view> packets = split_packets(value);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (!going.contains(i)) left += (left.empty() ? "" : ",") + std::string(packets[i]);
  }
  return left;
}

std::vector<Bytes> parse_packets(const std::string& annotation, std::string_view value) {
  const std::vector<std::string_view> texts = split_packets(value);
  // Counted before the first is decoded.
  if (texts.size() > kMostPackets)
    fail(ErrorCode::kRefused, annotation, "more than " + std::to_string(kMostPackets) + " wrapped keys");
  std::vector<Bytes> packets;
  for (const std::string_view text : texts) packets.push_back(parse_packet(annotation, text));
  if (!texts.empty() && texts.back().empty()) fail(ErrorCode::kIntegrity, annotation, "ends with a comma");
  return packets;
}

}  // namespace imgcrypt
