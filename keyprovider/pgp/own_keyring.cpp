#include "keyprovider/pgp/own_keyring.hpp"

#include "base/text/short_list.hpp"
#include "keyprovider/pgp/key_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>

namespace imgcrypt::keyprovider::pgp {
namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

// The digits of a key id or fingerprint as GnuPG shows them: "0x" and spaces do not count; empty: it is none.
std::string digits_of(const std::string& who) {
  constexpr std::array<std::size_t, 4> kSizes = {8, 16, 40, 64};
  std::string digits = lower(who);
  if (digits.starts_with("0x")) digits.erase(0, 2);
  std::erase(digits, ' ');
  const bool is_hex = std::ranges::all_of(digits, [](unsigned char c) { return std::isxdigit(c) != 0; });
  return is_hex && std::ranges::find(kSizes, digits.size()) != kSizes.end() ? digits : "";
}

bool has_id(const Key& key, const std::string& digits) {
  for (const _gpgme_subkey* subkey = key->subkeys; subkey != nullptr; subkey = subkey->next) {
    if (lower(text_of(subkey->fpr)).ends_with(digits)) return true;
  }
  return false;
}

bool fits(const _gpgme_user_id& id, const std::string& who) {
  if (id.revoked != 0 || id.invalid != 0) return false;
  const std::string email = lower(text_of(id.email));
  return lower(text_of(id.uid)) == who || lower(text_of(id.name)) == who ||
         (!email.empty() && (email == who || "<" + email + ">" == who));
}

// `fit` says whether a user id does.
template <typename Fit>
bool has_user_id(const Key& key, Fit fit) {
  for (const _gpgme_user_id* id = key->uids; id != nullptr; id = id->next) {
    if (fit(*id)) return true;
  }
  return false;
}

std::string list_of(const Keys& keys) {
  std::vector<std::string> texts;
  for (const Key& key : keys) texts.push_back(describe(key));
  return short_list(texts);
}

// Those whose user ids have the text in them, or all.
[[noreturn]] void fail_without_fit(Keys keys, const std::string& who) {
  if (keys.empty())
    throw Error(ErrorCode::kUsage, "your GnuPG keyring is empty", "import the key: gpg --import FILE");
  const auto is_near = [&](const Key& key) {
    return has_user_id(key, [&](const _gpgme_user_id& id) {
      return lower(text_of(id.uid)).find(lower(who)) != std::string::npos;
    });
  };
  if (std::ranges::any_of(keys, is_near)) std::erase_if(keys, [&](const Key& key) { return !is_near(key); });
  throw Error(ErrorCode::kUsage, "no key of your GnuPG keyring has this name, mail address or id",
              "there are " + list_of(keys));
}

}  // namespace

Context open_own_keyring() {
  const char* const variable = std::getenv("GNUPGHOME");
  std::string home = text_of(variable);
  (void)::gpgme_check_version(nullptr);
  if (home.empty()) home = text_of(::gpgme_get_dirinfo("homedir"));
  std::error_code failure;
  if (!std::filesystem::is_directory(home, failure)) {
    throw Error(ErrorCode::kUsage, "you have no GnuPG keyring: " + home + " is not a directory",
                "name its directory with --gpg-homedir, or give a file with the key");
  }
  Context context = open_gnupg({});
  // Newer than some GPGME, and only to save time.
  (void)::gpgme_set_ctx_flag(context.get(), "no-auto-check-trustdb", "1");
  return context;
}

Key choose_key(Keys keys, const std::string& who) {
  const std::string digits = digits_of(who);
  Keys fitting;
  for (Key& key : keys) {
    const bool does_fit = has_user_id(key, [&](const _gpgme_user_id& id) { return fits(id, lower(who)); });
    if (does_fit || (!digits.empty() && has_id(key, digits))) fitting.push_back(std::move(key));
  }
  std::erase(keys, nullptr);
  if (fitting.empty()) fail_without_fit(std::move(keys), who);
  Keys usable;
  std::vector<std::string> unusable;
  for (Key& key : fitting) {
    if (fault_of(key).empty())
      usable.push_back(std::move(key));
    else
      unusable.push_back(describe(key));
  }
  if (usable.empty()) throw Error(ErrorCode::kUsage, "nothing can be encrypted for " + short_list(unusable));
  if (usable.size() > 1)
    throw Error(ErrorCode::kUsage, "these keys of your GnuPG keyring fit: " + list_of(usable),
                "write pgp: and the fingerprint of the one that you mean");
  Key chosen = std::move(usable.front());
  return chosen;
}

}  // namespace imgcrypt::keyprovider::pgp
