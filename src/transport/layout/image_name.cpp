#include "transport/layout/image_name.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>

namespace imgcrypt {
namespace {

// What is being parsed, for errors.
struct Written {
  std::string_view transport;
  std::string_view details;
  std::string_view kind;
};

[[noreturn]] void refuse(const Written& written, const std::string& why) {
  const std::string form = std::string(written.transport) + std::string(written.kind);
  throw Error(ErrorCode::kUsage,
              "reference \"" + std::string(written.transport) + std::string(written.details) + "\": " + why,
              "write " + form + ", " + form + ":TAG, " + form + ":@N or " + form + "@sha256:...");
}

std::optional<std::size_t> parse_position(std::string_view text) {
  std::size_t position = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  return error == std::errc() && stop == text.data() + text.size() ? std::optional(position) : std::nullopt;
}

// Takes the digest off the end. What begins like a digest and is not one is a mistake, not a path.
std::optional<Digest> take_digest(std::string_view& rest, const Written& written) {
  for (std::size_t at = rest.find('@'); at != std::string_view::npos; at = rest.find('@', at + 1)) {
    const std::string_view text = rest.substr(at + 1);
    if (const auto digest = Digest::parse_if_valid(text)) {
      rest = rest.substr(0, at);
      return digest;
    }
    if (text.starts_with("sha256:") || text.starts_with("sha512:"))
      refuse(written, "the text after @ is not a digest");
  }
  return std::nullopt;
}

}  // namespace

// The first colon that works is taken, not the last, since tags may hold colons
// (docker.io/library/busybox:latest) and skopeo does the same.
ImageName ImageName::parse(std::string_view transport, std::string_view details, std::string_view kind) {
  const Written written{transport, details, kind};
  std::string_view rest = details;
  ImageName name{.transport = std::string(transport), .path = {}};
  name.digest = take_digest(rest, written);
  for (std::size_t colon = rest.find(':'); colon != std::string_view::npos;
       colon = rest.find(':', colon + 1)) {
    const std::string_view after = rest.substr(colon + 1);
    if (after.empty()) refuse(written, "the tag is empty");
    if (after.starts_with('@')) {
      name.position = parse_position(after.substr(1));
      if (!name.position || name.digest) refuse(written, "the text after :@ is not a position");
    } else if (is_ref_name(after)) {
      name.tag = after;
    } else {
      continue;
    }
    rest = rest.substr(0, colon);
    break;
  }
  name.path = rest;
  const bool is_clean =
      std::ranges::none_of(details, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (name.path.empty() || !is_clean)
    refuse(written, name.path.empty() ? (kind == "DIR" ? "it names no directory" : "it names no file")
                                      : "it has control characters");
  return name;
}

// component ("/" component)*, where a component is letters and digits, joined by one of -._:@+ or by "--".
// One that ends with a digest would be read as a tag and that digest.
bool is_ref_name(std::string_view tag) {
  if (Digest::parse_if_valid(tag.substr(tag.rfind('@') + 1))) return false;
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

void refuse_mistaken_tag(const ImageName& destination) {
  std::string path = destination.path;
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const std::string name = std::filesystem::path(path).filename();
  const std::size_t colon = name.find(':');
  if (colon == std::string::npos) return;
  throw Error(ErrorCode::kUsage,
              "destination " + destination.string() + ": \"" + name.substr(colon + 1) + "\" cannot be a tag",
              std::string(kTagRule) + (destination.transport == "oci:"
                                           ? "; if " + path + " is meant, make the directory first"
                                           : "; or choose a file without a colon in its name"));
}

std::string ImageName::string() const {
  const std::string name = store() + (tag.empty() ? "" : ":" + tag);
  if (position) return name + ":@" + std::to_string(*position);
  return digest ? name + "@" + digest->string() : name;
}

}  // namespace imgcrypt
