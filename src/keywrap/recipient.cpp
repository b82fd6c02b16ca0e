#include "keywrap/recipient.hpp"

#include "base/fd.hpp"
#include "crypto/key_file.hpp"
#include "keywrap/jwe.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostKeyFileBytes = 64 * 1024;
constexpr std::string_view kJwePrefix = "jwe:";

std::unique_ptr<KeyWrapper> parse_recipient(const std::string& recipient) {
  if (!recipient.starts_with(kJwePrefix)) {
    throw Error(ErrorCode::kUsage, "not a recipient of a known scheme", "write jwe:PUBLICKEY.pem");
  }
  const SecretBytes file = read_secret_file(recipient.substr(kJwePrefix.size()), kMostKeyFileBytes);
  return std::make_unique<JweWrapper>(parse_public_key(file.expose()));
}

}  // namespace

KeyWrappers parse_recipients(const std::vector<std::string>& recipients) {
  KeyWrappers wrappers;
  for (const std::string& recipient : recipients) {
    try {
      wrappers.push_back(parse_recipient(recipient));
    } catch (const Error& error) {
      throw Error(ErrorCode::kUsage, "recipient " + recipient + ": " + error.message(), error.hint());
    }
  }
  return wrappers;
}

}  // namespace imgcrypt
