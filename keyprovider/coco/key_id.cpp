#include "keyprovider/coco/key_id.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt::keyprovider::coco {
namespace {

// Not isalnum(), which depends on the locale.
constexpr std::string_view kLowerAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t kMostKeyIdBytes = 1024;

[[noreturn]] void fail_key_id(std::string_view text, const std::string& reason) {
  throw Error(ErrorCode::kUsage, "keyid " + std::string(text.substr(0, kMostKeyIdBytes)) + ": " + reason,
              "write kbs:///REPOSITORY/TYPE/TAG: the confidential-data-hub reads no other");
}

bool is_made_of(std::string_view text, std::string_view more) {
  return std::ranges::all_of(text, [&](char c) {
    return kLowerAndDigits.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
  });
}

// Removes everything up to and including the first `separator` from `rest`, and returns what was before it.
std::optional<std::string_view> take_until(std::string_view& rest, std::string_view separator) {
  const std::size_t end = rest.find(separator);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end + separator.size());
  return taken;
}

// What a URL need not escape (RFC 3986, section 2.3), so that each key has one spelling. Not only dots: "."
// and ".." would lead out of a directory of resources.
bool is_segment(std::string_view segment) {
  static const std::string kMore = std::string(kUpper) + "._-~";
  return !segment.empty() && is_made_of(segment, kMore) &&
         segment.find_first_not_of('.') != std::string_view::npos;
}

bool has_three_segments(std::string_view path) {
  const auto repository = take_until(path, "/");
  const auto type = take_until(path, "/");
  return repository && type && is_segment(*repository) && is_segment(*type) && is_segment(path);
}

}  // namespace

KeyId KeyId::parse(std::string_view text) {
  constexpr std::string_view kPlain = "kbs";
  constexpr std::string_view kPlugin = "kbs+";
  // Packets come from anybody, and messages quote the name.
  if (text.size() > kMostKeyIdBytes) fail_key_id(text, "longer than 1 KiB");
  std::string_view rest = text;
  const auto scheme = take_until(rest, "://");
  if (!scheme) fail_key_id(text, "it does not start with kbs://");
  const bool is_plugin = scheme->starts_with(kPlugin) && scheme->size() > kPlugin.size() &&
                         is_made_of(scheme->substr(kPlugin.size()), "-.");
  if (*scheme != kPlain && !is_plugin) fail_key_id(text, "the scheme is neither kbs nor kbs+PLUGIN");
  // Mostly empty: the guest knows its key broker. Lower case only, as a URL parser would change upper case.
  const auto address = take_until(rest, "/");
  if (!address || !is_made_of(*address, ".-:[]")) fail_key_id(text, "the key broker's address is malformed");
  if (!has_three_segments(rest)) fail_key_id(text, "the path is not REPOSITORY/TYPE/TAG of plain characters");
  return {std::string(text), std::string(rest), !is_plugin};
}

std::optional<std::string> KeyId::resource_path() const {
  return is_resource_ ? std::optional(path_) : std::nullopt;
}

}  // namespace imgcrypt::keyprovider::coco
