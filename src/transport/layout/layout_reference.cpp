#include "transport/layout/layout_reference.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace imgcrypt {
namespace {

[[noreturn]] void refuse(std::string_view details, const std::string& why) {
  throw Error(ErrorCode::kUsage, "reference \"oci:" + std::string(details) + "\": " + why,
              "write oci:DIR, oci:DIR:TAG, oci:DIR:@N or oci:DIR@sha256:...");
}

std::optional<std::size_t> parse_position(std::string_view text) {
  std::size_t position = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  return error == std::errc() && stop == text.data() + text.size() ? std::optional(position) : std::nullopt;
}

// Takes the digest off the end. What begins like a digest and is not one is a mistake, not a directory.
std::optional<Digest> take_digest(std::string_view& rest, std::string_view details) {
  for (std::size_t at = rest.find('@'); at != std::string_view::npos; at = rest.find('@', at + 1)) {
    const std::string_view text = rest.substr(at + 1);
    if (const auto digest = Digest::parse_if_valid(text)) {
      rest = rest.substr(0, at);
      return digest;
    }
    if (text.starts_with("sha256:") || text.starts_with("sha512:"))
      refuse(details, "the text after @ is not a digest");
  }
  return std::nullopt;
}

}  // namespace

// The first colon that works is taken, not the last, since tags may hold colons
// (docker.io/library/busybox:latest) and skopeo does the same.
LayoutReference LayoutReference::parse(std::string_view details) {
  std::string_view rest = details;
  LayoutReference reference;
  reference.digest = take_digest(rest, details);
  for (std::size_t colon = rest.find(':'); colon != std::string_view::npos;
       colon = rest.find(':', colon + 1)) {
    const std::string_view after = rest.substr(colon + 1);
    if (after.empty()) refuse(details, "the tag is empty");
    if (after.starts_with('@')) {
      reference.position = parse_position(after.substr(1));
      if (!reference.position || reference.digest) refuse(details, "the text after :@ is not a position");
    } else if (is_ref_name(after)) {
      reference.tag = after;
    } else {
      continue;
    }
    rest = rest.substr(0, colon);
    break;
  }
  reference.directory = rest;
  const bool is_clean =
      std::ranges::none_of(details, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (reference.directory.empty() || !is_clean)
    refuse(details, reference.directory.empty() ? "it names no directory" : "it has control characters");
  return reference;
}

// component ("/" component)*, where a component is letters and digits, joined by one of -._:@+ or by "--".
bool is_ref_name(std::string_view tag) {
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  std::string_view rest = tag;
  while (!rest.empty() && is_letter(rest.front())) {
    rest.remove_prefix(static_cast<std::size_t>(std::ranges::find_if_not(rest, is_letter) - rest.begin()));
    if (rest.empty()) return true;
    const bool is_between = std::string_view("-._:@+/").find(rest.front()) != std::string_view::npos;
    if (!is_between) return false;
    rest.remove_prefix(rest.starts_with("--") ? 2 : 1);
  }
  return false;
}

std::string LayoutReference::string() const {
  const std::string name = "oci:" + directory + (tag.empty() ? "" : ":" + tag);
  if (position) return name + ":@" + std::to_string(*position);
  return digest ? name + "@" + digest->string() : name;
}

}  // namespace imgcrypt
