#include "keyprovider/pkcs11/uri.hpp"

#include "keyprovider/key_places.hpp"
#include "keywrap/pkcs11/token_uri.hpp"

#include <imgcrypt/error.hpp>

#include <set>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

constexpr std::size_t kMostPinBytes = 1024;
constexpr CK_SLOT_ID kNoSlot = static_cast<CK_SLOT_ID>(-1);

// Programs differ in which of two they take.
void check_once_each(std::string_view text) {
  std::set<std::string_view> names;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find_first_of(";?&"), text.size());
    const std::string_view name = text.substr(0, std::min(text.find('='), size));
    if (!name.empty() && !names.insert(name).second)
      throw Error(ErrorCode::kUsage, "the URI has " + std::string(name) + " twice");
    text.remove_prefix(std::min(size + 1, text.size()));
  }
}

// p11-kit takes what is missing for 0.
void check_slot_is_number(std::string_view text) {
  constexpr std::string_view kSlot = ";slot-id=";
  const std::string path = ";" + std::string(text.substr(0, text.find('?'))) + ";";
  const std::size_t at = path.find(kSlot);
  if (at == std::string::npos) return;
  const char first = path[at + kSlot.size()];
  if (first < '0' || first > '9')
    throw Error(ErrorCode::kUsage, "slot-id in the URI has no number", "write slot-id=N, or leave it out");
}

std::string_view without_scheme(std::string_view text) {
  return text.starts_with(kTokenUriScheme) ? text.substr(kTokenUriScheme.size()) : text;
}

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

}  // namespace

Uri::Uri(std::string_view text) : uri_(::p11_kit_uri_new()) {
  TokenUri taken = take_pin(without_scheme(text));
  pin_ = std::move(taken.pin);
  check_once_each(taken.text);
  check_slot_is_number(taken.text);
  name_ = std::string(kTokenUriScheme) + shown_token_key(taken.text);
  const std::string whole = std::string(kTokenUriScheme) + taken.text;
  const int status = ::p11_kit_uri_parse(whole.c_str(), P11_KIT_URI_FOR_ANY, uri_.get());
  if (status != P11_KIT_URI_OK)
    throw Error(ErrorCode::kUsage, name_ + ": not a PKCS#11 URI: " + ::p11_kit_uri_message(status),
                "write pkcs11:token=TOKEN;object=KEY?module-name=MODULE");
  ::p11_kit_uri_set_unrecognized(uri_.get(), 0);
  if (pin_ && ::p11_kit_uri_get_pin_source(uri_.get()) != nullptr)
    throw Error(ErrorCode::kUsage, name_ + ": both pin-value and pin-source are given", "leave out one");
  if (token_name().empty())
    throw Error(ErrorCode::kUsage, name_ + ": the URI names no token", "add token=LABEL or slot-id=N");
  if (attribute(CKA_ID) == nullptr && attribute(CKA_LABEL) == nullptr)
    throw Error(ErrorCode::kUsage, name_ + ": the URI names no key", "add object=LABEL or id=%XX");
}

std::string Uri::token_name() const {
  const CK_SLOT_ID slot = ::p11_kit_uri_get_slot_id(uri_.get());
  if (slot != kNoSlot) return "slot-id " + std::to_string(slot);
  const CK_TOKEN_INFO& token = *::p11_kit_uri_get_token_info(uri_.get());
  std::string name = token_text(token.label);
  if (const std::string serial = token_text(token.serialNumber); !serial.empty())
    name += (name.empty() ? "of serial number " : " of serial number ") + serial;
  return name;
}

std::string Uri::module_name() const { return text_of(::p11_kit_uri_get_module_name(uri_.get())); }

std::string Uri::module_path() const { return text_of(::p11_kit_uri_get_module_path(uri_.get())); }

bool Uri::fits(CK_SLOT_ID slot, const CK_TOKEN_INFO& token) const {
  const CK_SLOT_ID wanted = ::p11_kit_uri_get_slot_id(uri_.get());
  return (wanted == kNoSlot || wanted == slot) && ::p11_kit_uri_match_token_info(uri_.get(), &token) == 1;
}

CK_ATTRIBUTE* Uri::attribute(CK_ATTRIBUTE_TYPE type) const {
  return ::p11_kit_uri_get_attribute(uri_.get(), type);
}

std::optional<SecretBytes> Uri::pin() const {
  if (pin_) return SecretBytes::copy_of(pin_->expose());
  std::string source = text_of(::p11_kit_uri_get_pin_source(uri_.get()));
  if (source.empty()) return std::nullopt;
  if (source.starts_with("file:")) source.erase(0, 5);
  if (source.starts_with("//")) source.erase(0, 2);
  if (!source.starts_with('/')) {
    throw Error(ErrorCode::kUsage, name_ + ": pin-source is not the absolute path of a file",
                "write pin-source=file:/PATH");
  }
  SecretBytes pin = read_key_file(source, kMostPinBytes);
  std::size_t size = pin.size();
  while (size > 0 && (pin.expose()[size - 1] == '\n' || pin.expose()[size - 1] == '\r')) --size;
  pin.truncate(size);
  return pin;
}

}  // namespace imgcrypt::keyprovider::pkcs11
