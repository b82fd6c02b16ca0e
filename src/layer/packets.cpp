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

std::vector<std::string_view> packets_to_open(const std::string& annotation, std::string_view value) {
  std::vector<std::string_view> packets = split_packets(value);
  if (packets.size() > kMostPackets)
    fail(ErrorCode::kRefused, annotation, "more than " + std::to_string(kMostPackets) + " wrapped keys");
  return packets;
}

Bytes parse_packet(const std::string& annotation, std::string_view text) {
  // Before decoding, so that an annotation of megabytes costs nothing.
  if (text.size() > (kMostPacketBytes + 2) / 3 * 4)
    fail(ErrorCode::kRefused, annotation, "a wrapped key of more than " + in_kib(kMostPacketBytes));
  if (text.empty()) fail(ErrorCode::kIntegrity, annotation, "an empty wrapped key");
  auto packet = decode_base64(text, Base64::kStandard);
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

}  // namespace imgcrypt
