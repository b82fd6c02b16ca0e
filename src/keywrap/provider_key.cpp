#include "keywrap/provider_key.hpp"

#include "base/text/comment_lines.hpp"
#include "keywrap/device/key_device.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

std::optional<ProviderKey> key_of(const OwnProvider& own, std::string_view text) {
  for (const KeyStart& start : own.public_key_starts) {
    if (text.starts_with(start.text)) return ProviderKey{KeyHalf::kPublic, start.kind, &own};
  }
  const bool is_private = std::ranges::any_of(
      own.private_key_starts, [&](std::string_view start) { return text.starts_with(start); });
  return is_private ? std::optional(ProviderKey{KeyHalf::kPrivate, {}, &own}) : std::nullopt;
}

}  // namespace

std::optional<ProviderKey> find_provider_key(std::string_view text) {
  const std::string_view key = from_first_item(text);
  for (const OwnProvider* own : own_providers()) {
    if (auto found = key_of(*own, key)) return found;
    const auto half = own->recognize == nullptr ? std::nullopt : own->recognize(as_bytes(text));
    if (half) return ProviderKey{*half, {}, own};
  }
  return std::nullopt;
}

std::vector<const OwnProvider*> own_providers() {
  std::vector<const OwnProvider*> all;
  for (const Scheme* scheme : schemes()) {
    for (const OwnProvider& own : scheme->own_providers) all.push_back(&own);
  }
  for (const KeyDevice& device : key_devices()) {
    if (device.provider != nullptr) all.push_back(device.provider);
  }
  return all;
}

const OwnProvider* find_own_provider(std::string_view name) {
  const auto all = own_providers();
  const auto found = std::ranges::find(all, name, &OwnProvider::name);
  return found == all.end() ? nullptr : *found;
}

std::string form_of_provider(std::string_view name) {
  const OwnProvider* own = find_own_provider(name);
  return own != nullptr ? std::string(own->form) : "provider:" + std::string(name);
}

std::string key_form_of(const OwnProvider& own) {
  return std::string(own.form) + ":" + std::string(own.key_parameter) + "FILE";
}

}  // namespace imgcrypt
