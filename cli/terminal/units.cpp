#include "cli/terminal/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace imgcrypt::cli {
namespace {

constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};

std::size_t unit_of(std::uint64_t bytes) {
  std::size_t unit = 0;
  // from 1023.95 on, one digit after the point would read 1024.0
  for (auto number = static_cast<double>(bytes); number >= 1023.95 && unit + 1 < kUnits.size(); ++unit)
    number /= 1024;
  return unit;
}

std::string number_in(std::uint64_t bytes, std::size_t unit) {
  return unit == 0 ? std::to_string(bytes)
                   : decimal(static_cast<double>(bytes) / std::pow(1024, static_cast<double>(unit)));
}

}  // namespace

std::string decimal(double number) {
  // snprintf writes a point: nothing here calls setlocale().
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%.1f", number);
  return digits.data();
}

std::string bytes_text(std::uint64_t bytes) {
  const std::size_t unit = unit_of(bytes);
  return number_in(bytes, unit) + " " + kUnits.at(unit);
}

std::string fraction_text(std::uint64_t done, std::uint64_t size, std::string_view between) {
  const std::size_t unit =
      unit_of(size);  // of the whole, so that the part does not change its unit on the way
  return number_in(done, unit) + std::string(between) + number_in(size, unit) + " " + kUnits.at(unit);
}

std::string rate_text(double rate) {
  return rate >= 1 ? bytes_text(static_cast<std::uint64_t>(rate)) + "/s" : std::string();
}

std::string time_text(std::chrono::duration<double> time) {
  const auto seconds = static_cast<unsigned>(std::min(time.count(), 359'999.0));  // 99 hours
  const bool is_long = seconds >= 3600;
  const unsigned large = is_long ? seconds / 3600 : seconds / 60;
  const unsigned small = is_long ? seconds / 60 % 60 : seconds % 60;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), is_long ? "%uh%02u" : "%u:%02u", large, small);
  return text.data();
}

}  // namespace imgcrypt::cli
