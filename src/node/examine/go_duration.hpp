// Durations as Go's programs write them in their configuration. A pure function.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace imgcrypt {

// "1m30s", "5m0s", "250ms", "0": hours to milliseconds, in whole numbers. nullopt for anything else.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_go_duration(std::string_view text);

}  // namespace imgcrypt
