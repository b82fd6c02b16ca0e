#include "cli/json/error_result.hpp"

#include "base/cancel.hpp"

#include <optional>
#include <string_view>

namespace imgcrypt::cli {
namespace {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kOther:
      return "other";
    case ErrorCode::kNotFound:
      return "not-found";
    case ErrorCode::kUsage:
      return "usage";
    case ErrorCode::kRegistry:
      return "registry";
    case ErrorCode::kNetwork:
      return "network";
    case ErrorCode::kNoKey:
      return "no-key";
    case ErrorCode::kIntegrity:
      return "integrity";
    case ErrorCode::kRefused:
      return "refused";
    case ErrorCode::kProvider:
      return "provider";
    case ErrorCode::kCancelled:
      return "cancelled";
  }
  return "other";
}

}  // namespace

int exit_status(const Error& error) {
  return cancel_signal() != 0 ? 128 + cancel_signal() : static_cast<int>(error.code());
}

JsonObject error_result(const Error& error) {
  const ErrorCode code = cancel_signal() != 0 ? ErrorCode::kCancelled : error.code();
  JsonObject result;
  result.add("code", exit_status(error)).add("name", name_of(code)).add("message", error.message());
  return result.add_or_null("hint", error.hint().empty() ? std::nullopt : std::optional(error.hint()));
}

}  // namespace imgcrypt::cli
