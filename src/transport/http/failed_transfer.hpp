// A transfer that failed, and what is read from libcurl's words for it. Only for the sources of this folder.
#pragma once

#include "transport/http/curl_library.hpp"
#include "transport/http/http_message.hpp"
#include "transport/http/http_settings.hpp"
#include "transport/http/transfer_failure.hpp"

#include <imgcrypt/error.hpp>

#include <string>
#include <string_view>

namespace imgcrypt {

// References, valid for the call.
struct FailedTransfer {
  const HttpRequest& request;
  const HttpSettings& settings;
  CURL* easy;
  CURLcode result;
  std::string_view words;  // of libcurl, in its error buffer; may be empty
};

// What it means to the user.
struct FailureReading {
  TransferFailure::Kind kind;
  std::string says;
  std::string hint;
  ErrorCode code = ErrorCode::kNetwork;
};

// libcurl's words, made fit to print: without users and passwords.
[[nodiscard]] std::string words_of(const FailedTransfer& failed);

}  // namespace imgcrypt
