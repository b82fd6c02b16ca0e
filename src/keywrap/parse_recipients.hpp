// Turns the recipients that the user named into wrappers: what `encrypt` and `recipients add` start with.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "keywrap/schemes.hpp"

#include <memory>
#include <string>
#include <vector>

namespace imgcrypt {

class KeyProviders;

// SCHEME:VALUE for each, in the forms of the table in schemes.hpp. A recipient that is given twice counts
// once. Reads the files that are named; `note` gets what deserves a remark and is not called later. Throws
// kUsage, naming the recipient, for one that cannot be used, and when there are more than readers accept
// (kMostPackets of a scheme); kProvider for a key provider that cannot be started. With kHidden no packet
// names its recipient; a scheme whose packets always do is then refused.
[[nodiscard]] KeyWrappers parse_recipients(const std::vector<std::string>& recipients,
                                           const std::shared_ptr<KeyProviders>& providers,
                                           const TakeNote& note,
                                           RecipientNames names = RecipientNames::kWritten);

}  // namespace imgcrypt
