// Turns the recipients that the user named into wrappers: what `encrypt` and `recipients add` start with.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "keywrap/schemes.hpp"

#include <memory>
#include <string>
#include <vector>

namespace imgcrypt {

class KeyProviders;

// A recipient as the user named it, and where.
struct RecipientText {
  std::string text;        // SCHEME:VALUE
  std::string place = {};  // "FILE: line 3", for messages; empty: the command line
};

// SCHEME:VALUE for each, in the forms of the table in schemes.hpp. A recipient that is given twice counts
// once. Reads the files that are named; `remark` gets what is worth saying and is not called later. Throws
// kUsage, naming the recipient and its place, for one that cannot be used, with how it was meant as the hint
// where that can be guessed; kUsage when there are more than readers accept (kMostPackets of a scheme);
// kProvider for a key provider that cannot be started. With kHidden no packet names its recipient; a scheme
// whose packets always do is then refused.
[[nodiscard]] KeyWrappers parse_recipients(const std::vector<RecipientText>& recipients,
                                           const std::shared_ptr<KeyProviders>& providers,
                                           const TakeRemark& remark,
                                           RecipientNames names = RecipientNames::kWritten);
// The same for recipients of the command line alone.
[[nodiscard]] KeyWrappers parse_recipients(const std::vector<std::string>& recipients,
                                           const std::shared_ptr<KeyProviders>& providers,
                                           const TakeRemark& remark,
                                           RecipientNames names = RecipientNames::kWritten);

}  // namespace imgcrypt
