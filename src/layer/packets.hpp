// The value of an annotation of wrapped keys: packets, base64-encoded and joined by commas. For the sources
// of this folder.
#pragma once

#include "keywrap/key_wrapper.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

inline constexpr std::string_view kKeysPrefix = "org.opencontainers.image.enc.keys.";

// The texts of its packets. A comma at the end is followed by one that is empty.
[[nodiscard]] std::vector<std::string_view> split_packets(std::string_view value);

// The value without the packets at these positions.
[[nodiscard]] std::string without_packets(std::string_view value, const std::set<std::size_t>& going);

// Both throw kIntegrity, naming the annotation, for what is not canonical, kRefused beyond the limits of
// key_wrapper.hpp.
[[nodiscard]] std::vector<Bytes> parse_packets(const std::string& annotation, std::string_view value);
[[nodiscard]] Bytes parse_packet(const std::string& annotation, std::string_view value);

}  // namespace imgcrypt
