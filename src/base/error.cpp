#include <imgcrypt/error.hpp>

#include <utility>

namespace imgcrypt {
namespace {

// At most kMostErrorBytes, the mark included, and no half of a UTF-8 character before it.
std::string bounded(std::string text) {
  constexpr std::string_view kMark = " [...]";
  if (text.size() <= kMostErrorBytes) return text;
  std::size_t size = kMostErrorBytes - kMark.size();
  const auto is_continuation = [&] { return (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U; };
  for (int i = 0; i < 3 && is_continuation(); ++i) --size;
  return text.substr(0, size).append(kMark);
}

}  // namespace

Error::Error(ErrorCode code, std::string message, std::string hint)
    : code_(code), message_(bounded(std::move(message))), hint_(bounded(std::move(hint))) {}

Error Error::in(std::string_view place) const {
  return Error(code_, std::string(place) + ": " + message_, hint_).after_silences(silences_);
}

Error Error::after_silences(unsigned count) const {
  Error error = *this;
  error.silences_ = count;
  return error;
}

}  // namespace imgcrypt
