// Bytes, rates and times as people read them. Pure text, for progress and reports; JSON has plain numbers.
// Safe in every thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace imgcrypt::cli {

// One digit after the point: "3.1".
[[nodiscard]] std::string decimal(double number);

// "512 B", "1.5 KiB", "201.3 MiB": in powers of 1024 (IEC 80000-13), at most in TiB.
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

// "270.0 of 600.0 MiB" for " of ": both numbers in the unit that suits `size`.
[[nodiscard]] std::string fraction_text(std::uint64_t done, std::uint64_t size, std::string_view between);

// "201.3 MiB/s" for bytes a second; empty below one.
[[nodiscard]] std::string rate_text(double rate);

// "0:07" and "12:34" are minutes and seconds, "3h07" hours and minutes; at most "99h59".
[[nodiscard]] std::string time_text(std::chrono::duration<double> time);

}  // namespace imgcrypt::cli
