#include "cli/options/keys/lines.hpp"

#include "base/process/fd.hpp"
#include "base/text/comment_lines.hpp"
#include "keys/key_text.hpp"
#include "keys/named_file.hpp"

#include <cstdlib>
#include <string_view>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kMostFileBytes = std::size_t{1} << 20U;
constexpr std::string_view kSpace = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

// A byte order mark of UTF-8, as editors write it, is passed over.
std::string_view checked_text(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    throw Error(ErrorCode::kUsage, "text in UTF-16", "convert it: iconv -f UTF-16 -t UTF-8 FILE >LIST");
  // It would end the name of a file, and what comes after it would be lost.
  if (text.find('\0') != std::string_view::npos)
    throw Error(ErrorCode::kUsage, "a NUL byte in a list of lines",
                "write one a line: find prints them so without -print0");
  return without_mark(text);
}

// "jwe" or "pkcs7" for the public key or certificate that a list was mistaken for; else empty.
std::string_view scheme_of_pem(std::string_view line) {
  if (!line.starts_with("-----BEGIN ")) return {};
  if (line.ends_with("PUBLIC KEY-----")) return "jwe";
  return line.ends_with("CERTIFICATE-----") ? "pkcs7" : "";
}

// `file` is empty for a variable.
void refuse_public_pem(std::string_view item, const std::string& place, const std::string& file) {
  const auto scheme = std::string(scheme_of_pem(item));
  if (scheme.empty()) return;
  throw Error(ErrorCode::kUsage,
              place + ": this is " + (scheme == "jwe" ? "a public key" : "a certificate") +
                  ", where a list of one a line is expected",
              file.empty() ? "keep it in a file, and write the name of that: " + scheme + ":FILE"
                           : "did you mean -r " + scheme + ":" + file + "?");
}

void check_item(const std::string& place, std::string_view item) {
  refuse_key_text(place, item);
  if (item.size() > 1 && (item.front() == '"' || item.front() == '\'') && item.back() == item.front())
    throw Error(ErrorCode::kUsage, place + ": " + std::string(item) + " is in quotes",
                "leave them out: a line is taken as it is");
  // Neither a recipient nor a key begins like that.
  if (item.starts_with('-') && !item.starts_with("-----")) {
    std::size_t end = item.find_first_of(" \t=");
    if (end != std::string_view::npos && item[end] == '=') ++end;
    throw Error(ErrorCode::kUsage, place + ": it begins with an option",
                "leave out " + std::string(item.substr(0, end)) + ": a line has only what comes after it");
  }
}

std::vector<Line> lines_of(std::string_view whole, const std::string& what, const std::string& file) {
  std::vector<Line> lines;
  std::string_view text = checked_text(whole);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view item = trimmed(text.substr(0, end));
    if (!item.empty() && !item.starts_with('#')) {
      const std::string place = what + ": line " + std::to_string(number);
      refuse_public_pem(item, place, file);
      check_item(place, item);
      lines.push_back({std::string(item), place});
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace

std::vector<Line> read_lines(const std::string& file) {
  Bytes text;
  try {
    text = read_all(open_named_file(file).get(), kMostFileBytes, "its content");
    (void)checked_text(as_text(text));
  } catch (const Error& error) {
    throw about_argument(file, error);
  }
  auto lines = lines_of(as_text(text), file, file);
  if (lines.empty())
    throw Error(ErrorCode::kUsage, file + ": it lists nothing",
                "write one a line; empty lines and those that begin with # do not count");
  return lines;
}

std::vector<Line> lines_of_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::vector<Line>() : lines_of_value(value, name);
}

std::vector<Line> lines_of_value(const std::string& value, const char* name) {
  return lines_of(value, name, {});
}

}  // namespace imgcrypt::cli
