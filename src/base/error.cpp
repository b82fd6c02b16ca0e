#include <imgcrypt/error.hpp>

#include <utility>

namespace imgcrypt {

Error::Error(ErrorCode code, std::string message, std::string hint)
    : code_(code), message_(std::move(message)), hint_(std::move(hint)) {}

Error Error::in(std::string_view place) const { return {code_, std::string(place) + ": " + message_, hint_}; }

}  // namespace imgcrypt
