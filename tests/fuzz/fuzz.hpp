// What the fuzz targets have in common. Each defines fuzz(), which libFuzzer calls once for each input. An
// Error is an answer like any other; every other exception, a report of a sanitizer and what expect() does
// not find are findings.
#pragma once

#include "base/bytes.hpp"

#include <imgcrypt/error.hpp>

#include <optional>
#include <string>
#include <type_traits>

namespace imgcrypt::test {

// Checks one input. An Error that leaves it means that the input was refused. Whatever is random begins anew
// with each input, so that an input does the same each time. REQUIRES: it keeps nothing for the next input.
void fuzz(ByteView input);

// What the input became, for people; printed with a finding of expect(). Empty at the start of each input.
inline std::string story;

// Ends the process, with a stack for the report, unless it holds. `what` is what was expected.
void expect(bool holds, const std::string& what);

// What `call` returns, or for a call without a result, true; nullopt if it throws an Error.
template <typename Call>
auto attempt(Call call) {
  using Result = std::invoke_result_t<Call>;
  try {
    if constexpr (std::is_void_v<Result>) {
      call();
      return std::optional(true);
    } else {
      return std::optional<Result>(call());
    }
  } catch (const Error&) {
    if constexpr (std::is_void_v<Result>) {
      return std::optional<bool>();
    } else {
      return std::optional<Result>();
    }
  }
}

// What `call` returns; here an Error is a finding.
template <typename Call>
auto must(const std::string& what, Call call) {
  try {
    return call();
  } catch (const Error& error) {
    expect(false, what + ": " + printable(error.message()));
    throw;
  }
}

}  // namespace imgcrypt::test
