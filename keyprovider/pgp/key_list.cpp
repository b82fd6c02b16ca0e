#include "keyprovider/pgp/key_list.hpp"

#include "base/text/json.hpp"
#include "keyprovider/key_places.hpp"
#include "keyprovider/pgp/key_text.hpp"
#include "keyprovider/pgp/own_keyring.hpp"
#include "keyprovider/pgp/private_home.hpp"
#include "keyprovider/pgp/public_keys.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider::pgp {
namespace {

std::string member(std::string_view name, const std::string& value) {
  return quote_json(name) + ":" + quote_json(value);
}

std::string user_ids_of(const Key& key) {
  std::string list;
  for (const _gpgme_user_id* id = key->uids; id != nullptr; id = id->next)
    list += (list.empty() ? "" : ",") + quote_json(printable(id->uid));
  return "[" + list + "]";
}

std::string object_of(const Key& key) {
  const _gpgme_subkey* const subkey = encryption_subkey(key);
  const bool expires = key->subkeys != nullptr && key->subkeys->expires != 0;
  return "{" + member("fingerprint", fingerprint_of(key)) + "," +
         member("keyId", subkey == nullptr ? "" : subkey->keyid) + "," +
         member("kind", subkey == nullptr ? "" : kind_of(*subkey)) + ",\"userIds\":" + user_ids_of(key) +
         "," + member("expires", expires ? date_of(key->subkeys->expires) : "") + "," +
         member("fault", fault_of(key)) + "}";
}

}  // namespace

std::string list_key_file(const std::string& file) {
  const SecretBytes content = read_key_file(file, kMostKeyFileBytes);
  const PrivateHome home(base_for_homes(), Agent::kNone);
  const Context context = open_gnupg(home.path());
  const Data data = data_of(content.expose());
  std::string list;
  for (const Key& key : list_keys(context, &data)) list += (list.empty() ? "" : ",") + object_of(key);
  if (list.empty()) throw Error(ErrorCode::kUsage, file + ": GnuPG finds no key that it can use");
  return "[" + list + "]\n";
}

std::string name_keys(const std::vector<std::string>& key_ids) {
  std::string members;
  const Context context = open_own_keyring();
  for (const Key& key : list_keys(context)) {
    for (const _gpgme_subkey* subkey = key->subkeys; subkey != nullptr; subkey = subkey->next) {
      if (std::ranges::find(key_ids, subkey->keyid) != key_ids.end())
        members += (members.empty() ? "" : ",") + member(subkey->keyid, user_id_of(key));
    }
  }
  return "{" + members + "}\n";
}

}  // namespace imgcrypt::keyprovider::pgp
