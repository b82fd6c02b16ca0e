#include "transport/http/head_reader.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostHeaderBytes = 64 * 1024;

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// "HTTP/1.1 200 OK"; 0 if there is no number.
int status_of(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  return static_cast<int>(parse_number(line.substr(space + 1, 3)).value_or(0));
}

}  // namespace

void HeadReader::take(std::string_view line, const Url& server) {
  size_ += line.size();
  if (size_ > kMostHeaderBytes)
    throw Error(ErrorCode::kRegistry,
                server.authority() + " answers with more than " + in_kib(kMostHeaderBytes) + " of headers",
                "check the host and the port: registries send a few lines");
  line = trimmed(line);
  if (line.starts_with("HTTP/")) {
    head_ = {};
    head_.status = status_of(line);
  } else if (line.empty()) {
    // 1xx are no answers: another head follows. So it does after trailers of a body, which change nothing.
    is_complete_ = is_complete_ || head_.status >= 200;
  } else if (const std::size_t colon = line.find(':'); !is_complete_ && colon != std::string_view::npos) {
    head_.headers.push_back(
        {std::string(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1)))});
  }
}

}  // namespace imgcrypt
