#include "cli/inspect/key_owners.hpp"

#include "base/text/json.hpp"
#include "cli/key/own_provider.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <set>
#include <string>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kMostNamed = 64;  // keys; a hostile image may name thousands

bool names_key(const PacketRecipient& recipient) {
  return recipient.scheme == "pgp" && !recipient.fingerprint.empty();
}

void name(const std::vector<PacketRecipient*>& recipients, const std::string& names) {
  const JsonView owners(names);
  for (PacketRecipient* recipient : recipients) {
    if (!names_key(*recipient)) continue;
    const auto owner = owners.find(recipient->fingerprint);
    if (!owner) continue;
    recipient->owner = owner->string();
    recipient->text += " of " + recipient->owner;
  }
}

}  // namespace

void name_key_owners(const std::vector<PacketRecipient*>& recipients) {
  std::set<std::string> ids;
  for (const PacketRecipient* recipient : recipients) {
    if (names_key(*recipient) && ids.size() < kMostNamed) ids.insert(recipient->fingerprint);
  }
  if (ids.empty()) return;
  std::vector<std::string> arguments = {"names"};
  arguments.insert(arguments.end(), ids.begin(), ids.end());
  try {
    name(recipients, ask_own_provider("keyprovider-pgp", std::move(arguments)));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;  // else there is no keyring, or no such program
  }
}

}  // namespace imgcrypt::cli
