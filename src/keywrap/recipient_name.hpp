// A recipient of an image that is there already, as the user names it to have it removed.
#pragma once

#include "keywrap/described_recipient.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

class RecipientName {
 public:
  // jwe:PUBLICKEY, pkcs7:CERTIFICATE, provider:NAME for all whom it wrapped for, a whole fingerprint or key
  // id, or its beginning, at least 8 characters. Reads the files; throws kUsage.
  static RecipientName parse(const std::string& text);

  // It may fit more than one key.
  [[nodiscard]] bool is_beginning() const noexcept { return !id_begins_.empty(); }
  [[nodiscard]] bool fits(const DescribedRecipient& recipient) const;

 private:
  std::string scheme_;            // empty: any
  std::vector<std::string> ids_;  // any of them; empty: every recipient of the scheme
  std::string id_begins_;
};

}  // namespace imgcrypt
