#include "transport/registry/registry_reference.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostRepositoryBytes = 255;
constexpr std::size_t kMostTagBytes = 128;

[[noreturn]] void refuse(std::string_view details, const std::string& why, const std::string& hint) {
  throw Error(ErrorCode::kUsage, "reference \"docker:" + std::string(details) + "\": " + why, hint);
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// [a-z0-9]+ joined by one of ". _ __" or any number of "-".
bool is_component(std::string_view text) {
  while (true) {
    const auto letters = std::ranges::find_if_not(text, is_lower_or_digit) - text.begin();
    if (letters == 0) return false;
    text.remove_prefix(static_cast<std::size_t>(letters));
    if (text.empty()) return true;
    if (text.starts_with("__")) {
      text.remove_prefix(2);
    } else if (text.front() == '.' || text.front() == '_') {
      text.remove_prefix(1);
    } else {
      const auto dashes = text.find_first_not_of('-');
      if (dashes == 0 || dashes == std::string_view::npos) return false;
      text.remove_prefix(dashes);
    }
  }
}

// Distribution specification, "Pulling manifests".
bool is_repository(std::string_view text) {
  while (true) {
    const std::size_t slash = text.find('/');
    if (!is_component(text.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

bool is_port(std::string_view text) {
  unsigned number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() && number >= 1 && number <= 65'535;
}

// A domain name or an address, IPv6 in brackets, with or without a port.
bool is_host(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    const bool is_address = std::ranges::all_of(text.substr(1, end - 1), [](char c) {
      return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.';
    });
    const std::string_view port = text.substr(end + 1);
    return is_address && (port.empty() || (port.front() == ':' && is_port(port.substr(1))));
  }
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const bool is_name =
      !name.empty() && name.front() != '-' && name.front() != '.' && std::ranges::all_of(name, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-';
      });
  return is_name && (colon == std::string_view::npos || is_port(text.substr(colon + 1)));
}

// Docker's rule: the first part is a host if it cannot be a part of a Docker Hub name.
bool looks_like_host(std::string_view text) {
  return text.find_first_of(".:[") != std::string_view::npos || text == "localhost" ||
         std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string_view without_slashes(std::string_view details) {
  if (!details.starts_with("//"))
    refuse(details, "two slashes are missing",
           "did you mean docker://" + std::string(details.substr(details.starts_with('/') ? 1 : 0)) + "?");
  std::string_view rest = details.substr(2);
  refuse_credentials(rest);
  constexpr std::string_view kScheme = "://";
  if (const std::size_t at = rest.find(kScheme); at != std::string_view::npos && at < rest.find('/'))
    refuse(details, "it holds a URL",
           "did you mean docker://" + std::string(rest.substr(at + kScheme.size())) + "?");
  return rest;
}

[[noreturn]] void refuse_without_repository(std::string_view details, std::string_view host) {
  refuse(details, "the repository is missing",
         "write docker://" + std::string(host) + "/REPOSITORY, with :TAG if one image is meant");
}

void take_tag_and_digest(std::string_view details, std::string_view& rest, RegistryReference& result) {
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    result.digest = Digest::parse_if_valid(rest.substr(at + 1));
    if (!result.digest && rest.substr(0, at).ends_with(':'))
      refuse(details, "images in a registry have no positions",
             "name one by its tag or digest: imgcrypt tags docker://" + std::string(rest.substr(0, at - 1)) +
                 " lists the tags");
    if (!result.digest)
      refuse(details, "the text after @ is not a digest", "write docker://HOST/REPOSITORY@sha256:...");
    rest = rest.substr(0, at);
  }
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || rest.find('/', colon) != std::string_view::npos) return;
  if (rest.find('/') == std::string_view::npos && looks_like_host(rest.substr(0, colon)) &&
      is_port(rest.substr(colon + 1)))
    refuse_without_repository(details, rest);
  result.tag = rest.substr(colon + 1);
  if (!is_tag(result.tag))
    refuse(details, "the text after the last colon is not a tag",
           "tags are letters, digits and ._- , at most 128 of them");
  rest = rest.substr(0, colon);
}

void take_host(std::string_view details, std::string_view& rest, RegistryReference& result) {
  const std::size_t slash = rest.find('/');
  // Docker Hub's own images, which have no slash, have no dot either.
  const bool is_host_alone = rest == "localhost" || rest.find('.') != std::string_view::npos;
  if (slash == std::string_view::npos && is_host_alone) refuse_without_repository(details, rest);
  if (slash == std::string_view::npos || !looks_like_host(rest.substr(0, slash))) {
    result.host = "docker.io";
    return;
  }
  result.host = rest.substr(0, slash);
  if (result.host == "index.docker.io") result.host = "docker.io";
  rest = rest.substr(slash + 1);
}

}  // namespace

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > kMostTagBytes || !is_word(text.front())) return false;
  return std::ranges::all_of(text, [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

void refuse_credentials(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos)
    text.remove_prefix(scheme + 3);
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at > text.find_first_of('/') || at < text.find(':')) return;
  if (text.substr(at + 1).starts_with("sha")) return;  // a tag and a digest
  throw Error(ErrorCode::kUsage,
              "a user's name and password do not belong before the host " + std::string(text.substr(at + 1)),
              "use imgcrypt login, or --creds");
}

RegistryReference RegistryReference::parse_repository(std::string_view details) {
  std::string_view rest = without_slashes(details);
  RegistryReference result;
  take_tag_and_digest(details, rest, result);
  take_host(details, rest, result);
  if (!is_host(result.host))
    refuse(details, "\"" + result.host + "\" is not a host", "write docker://HOST/REPOSITORY:TAG");
  result.repository = rest;
  if (result.host == "docker.io" && rest.find('/') == std::string_view::npos)
    result.repository = "library/" + result.repository;
  if (!is_repository(rest) || result.repository.size() > kMostRepositoryBytes) {
    const bool has_capital = std::ranges::any_of(rest, [](char c) { return c >= 'A' && c <= 'Z'; });
    refuse(details, "\"" + std::string(rest) + "\" is not a repository",
           has_capital ? "repositories are written in lower case"
                       : "repositories are lower-case letters and digits, joined by one of ./_ or by -");
  }
  return result;
}

RegistryReference RegistryReference::parse(std::string_view details) {
  RegistryReference result = parse_repository(details);
  if (result.tag.empty() && !result.digest) result.tag = "latest";
  return result;
}

std::string RegistryReference::string() const { return "docker://" + host + "/" + name_on_host(); }

std::string RegistryReference::name_on_host() const {
  return repository + (tag.empty() ? "" : ":" + tag) + (digest ? "@" + digest->string() : "");
}

std::string RegistryReference::name_in_repository() const { return digest ? digest->string() : tag; }

}  // namespace imgcrypt
