// Recipients as the user names them: SCHEME:VALUE.
#pragma once

#include "keywrap/jwe/jwe.hpp"
#include "keywrap/key_wrapper.hpp"
#include "keywrap/provider/key_providers.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// NAME[:PARAMETER] behind "provider:"; without a parameter it is kProviderEnabled.
struct ProviderString {
  std::string name;
  std::string parameter;
};

// nullopt when the text does not begin with "provider:". Throws kUsage when no name follows.
[[nodiscard]] std::optional<ProviderString> parse_provider_string(std::string_view text);

// What the user should know, though it is no error.
using TakeNote = std::function<void(const std::string&)>;

// jwe:PUBLICKEY makes a packet for each, pkcs7:CERTIFICATE one for all, provider:NAME[:PARAMETER] one for
// each name. Reads the files; throws kUsage, naming the recipient, for any that cannot be used, and as
// KeyProviders::require. With kHidden nothing in a packet names its recipient; PKCS7, whose packets always
// do, is then refused.
[[nodiscard]] KeyWrappers parse_recipients(const std::vector<std::string>& recipients,
                                           const std::shared_ptr<KeyProviders>& providers,
                                           const TakeNote& note,
                                           RecipientNames names = RecipientNames::kWritten);

}  // namespace imgcrypt
