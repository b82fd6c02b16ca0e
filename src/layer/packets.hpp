// The value of an annotation that holds wrapped keys: packets in base64, joined by commas. For the sources of
// this folder only. Pure functions over values.
#pragma once

#include "base/bytes.hpp"
#include "keywrap/packet_limits.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

inline constexpr std::string_view kKeysPrefix = "org.opencontainers.image.enc.keys.";

// The texts of its packets, not checked. The views live as long as `value`. After a comma at the end an empty
// text follows. Positions are those that describe_recipients() gives.
[[nodiscard]] std::vector<std::string_view> split_packets(std::string_view value);

// The same for whoever opens them. Throws kRefused for more than kMostPackets.
[[nodiscard]] std::vector<std::string_view> packets_to_open(const std::string& annotation,
                                                            std::string_view value);

// The value without the packets at these positions; the others stay as they are written. May be empty; an
// annotation without packets should then be removed.
[[nodiscard]] std::string without_packets(std::string_view value, const std::set<std::size_t>& going);

// Throws kIntegrity, naming the annotation, for what is not canonical base64 or empty, and kRefused beyond
// kMostPacketBytes.
[[nodiscard]] Bytes parse_packet(const std::string& annotation, std::string_view text);

}  // namespace imgcrypt
