#include "node/examine/go_duration.hpp"

#include <charconv>

namespace imgcrypt {
namespace {

constexpr int kMostOfAUnit = 1'000'000;  // so that the sum stays in range

std::optional<std::chrono::milliseconds> unit_of(std::string_view name) {
  if (name == "h") return std::chrono::hours(1);
  if (name == "m") return std::chrono::minutes(1);
  if (name == "s") return std::chrono::seconds(1);
  if (name == "ms") return std::chrono::milliseconds(1);
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_go_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds(0);
  if (text.empty()) return std::nullopt;
  std::chrono::milliseconds sum(0);
  while (!text.empty()) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || number > kMostOfAUnit) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
    const auto unit = unit_of(name);
    if (!unit) return std::nullopt;
    sum += *unit * number;
    text.remove_prefix(name.size());
  }
  return sum;
}

}  // namespace imgcrypt
