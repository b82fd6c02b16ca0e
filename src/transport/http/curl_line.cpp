#include "transport/http/curl_line.hpp"

#include <imgcrypt/error.hpp>

#include <new>
#include <string>
#include <utility>

namespace imgcrypt {

CurlLine::CurlLine() : multi_(curl_library().multi_init()), easy_(curl_library().easy_init()) {
  if (multi_ != nullptr && easy_ != nullptr) return;
  curl_library().easy_cleanup(easy_);
  curl_library().multi_cleanup(multi_);
  throw std::bad_alloc();
}

CurlLine::~CurlLine() {
  curl_library().easy_cleanup(easy_);
  curl_library().multi_cleanup(multi_);
}

void CurlLine::check(CURLcode code) {
  if (code == CURLE_OK) return;
  throw Error(ErrorCode::kOther, std::string("libcurl: ") + curl_library().easy_strerror(code),
              "install libcurl 7.85 or newer");
}

std::unique_ptr<CurlLine> IdleLines::take() {
  const std::scoped_lock lock(mutex_);
  if (lines_.empty()) return std::make_unique<CurlLine>();
  std::unique_ptr<CurlLine> line = std::move(lines_.back());
  lines_.pop_back();
  return line;
}

void IdleLines::give_back(std::unique_ptr<CurlLine> line) noexcept {
  constexpr std::size_t kMostIdle = 16;
  const std::scoped_lock lock(mutex_);
  if (lines_.size() == kMostIdle) return;
  try {
    lines_.push_back(std::move(line));
  } catch (const std::bad_alloc&) {
    return;  // it is closed instead
  }
}

}  // namespace imgcrypt
