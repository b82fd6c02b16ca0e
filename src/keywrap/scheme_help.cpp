#include "keywrap/scheme_help.hpp"

#include "keywrap/device/key_device.hpp"
#include "keywrap/schemes.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace imgcrypt {
namespace {

// "a, b or c".
std::string join(const std::vector<std::string_view>& items, std::string_view last_separator) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? last_separator : ", ";
    text += items[i];
  }
  return text;
}

// What `pick` gives for each scheme, unless it is empty.
template <typename Pick>
std::vector<std::string_view> pick_all(Pick pick) {
  std::vector<std::string_view> items;
  for (const Scheme* scheme : schemes()) {
    if (const std::string_view item = pick(*scheme); !item.empty()) items.push_back(item);
  }
  return items;
}

}  // namespace

std::string recipient_forms() {
  return join(pick_all([](const Scheme& scheme) { return scheme.recipient_form; }), " or ");
}

std::string removal_forms() {
  return join(pick_all([](const Scheme& scheme) { return scheme.removal_form; }), ", ");
}

std::string key_forms() {
  auto forms = pick_all([](const Scheme& scheme) { return scheme.key_form; });
  std::ranges::transform(key_devices(), std::back_inserter(forms), &KeyDevice::key_form);
  return join(forms, " or ");
}

std::string certificate_forms() {
  return join(pick_all([](const Scheme& scheme) {
                return scheme.heeds_certificates ? scheme.recipient_form : std::string_view();
              }),
              " or ");
}

std::string schemes_opened_by(const PublicKey& key) {
  return join(pick_all([&](const Scheme& scheme) {
                const bool opens = scheme.opens_with != nullptr && scheme.opens_with(key);
                return opens ? scheme.name : std::string_view();
              }),
              " and ");
}

}  // namespace imgcrypt
