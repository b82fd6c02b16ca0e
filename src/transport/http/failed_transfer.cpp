#include "transport/http/failed_transfer.hpp"

namespace imgcrypt {
namespace {

// libcurl asks a new connection for its addresses. Where the server is gone by then, it tells of that first.
bool is_beside_the_point(std::string_view words) {
  return words.empty() || words.starts_with("getpeername()") || words.starts_with("getsockname()");
}

// libcurl quotes the address of a proxy as the environment has it.
std::string without_users(std::string words) {
  for (std::size_t at = words.find("://"); at != std::string::npos; at = words.find("://", at)) {
    at += 3;
    const std::size_t end = words.find_first_of("/ '\"", at);
    const std::size_t user = words.rfind('@', end);
    if (user != std::string::npos && user >= at) words.erase(at, user + 1 - at);
  }
  return words;
}

}  // namespace

std::string words_of(const FailedTransfer& failed) {
  // libcurl would send it again by itself, which HttpExchange does not let it.
  if (failed.result == CURLE_SEND_FAIL_REWIND) return "the server closed it before it answered";
  const std::string words = is_beside_the_point(failed.words) ? curl_library().easy_strerror(failed.result)
                                                              : std::string(failed.words);
  return shortened(printable(without_users(words)), 200);
}

}  // namespace imgcrypt
