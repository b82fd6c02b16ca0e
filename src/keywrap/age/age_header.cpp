#include "keywrap/age/age_header.hpp"

#include "base/text/encoding.hpp"
#include "crypto/hash.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr std::string_view kVersionLine = "age-encryption.org/v1\n";
constexpr std::string_view kStanzaStart = "-> ";
constexpr std::string_view kEnd = "---";
constexpr std::size_t kColumns = 64;  // of a body, in base64
constexpr std::size_t kTagSize = 4;   // bytes

[[noreturn]] void fail_header() {
  throw Error(ErrorCode::kIntegrity, "the header of the age file is damaged");
}

Bytes decode(std::string_view text) {
  auto bytes = decode_base64(text, Base64::kUnpadded);
  if (!bytes) fail_header();
  return std::move(*bytes);
}

// The lines of the file, of which the payload is not text.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  [[nodiscard]] bool begins_with(std::string_view start) const {
    return text_.substr(position_).starts_with(start);
  }
  // Without its end, which is there.
  std::string_view take() {
    const std::size_t end = text_.find('\n', position_);
    if (end == std::string_view::npos) fail_header();
    const std::string_view line = text_.substr(position_, end - position_);
    position_ = end + 1;
    return line;
  }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

// "a b c": nothing between two spaces is a word too few.
std::vector<std::string> split_words(std::string_view text) {
  const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
  std::vector<std::string> words;
  while (true) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (word.empty() || !std::ranges::all_of(word, is_visible)) fail_header();
    words.emplace_back(word);
    if (word.size() == text.size()) return words;
    text.remove_prefix(word.size() + 1);
  }
}

AgeStanza take_stanza(Lines& lines) {
  const std::string_view first = lines.take();
  std::vector<std::string> words = split_words(first.substr(kStanzaStart.size()));
  AgeStanza stanza{.type = std::move(words.front())};
  words.erase(words.begin());
  stanza.arguments = std::move(words);
  // A line that is not full is the last, even if it is empty.
  while (true) {
    const std::string_view line = lines.take();
    if (line.size() > kColumns) fail_header();
    const Bytes part = decode(line);
    stanza.body.insert(stanza.body.end(), part.begin(), part.end());
    if (line.size() < kColumns) return stanza;
  }
}

void check_version(std::string_view text) {
  if (text.starts_with(kVersionLine)) return;
  if (text.starts_with(kAgeStart)) throw Error(ErrorCode::kRefused, "an age file of another version than v1");
  throw Error(ErrorCode::kIntegrity, "not an age file");
}

}  // namespace

AgeHeader parse_age_header(ByteView file) {
  check_version(as_text(file));
  Lines lines(as_text(file));
  (void)lines.take();
  AgeHeader header;
  while (lines.begins_with(kStanzaStart)) {
    if (header.stanzas.size() == kMostAgeStanzas)
      throw Error(ErrorCode::kRefused,
                  "an age file for more than " + std::to_string(kMostAgeStanzas) + " recipients");
    header.stanzas.push_back(take_stanza(lines));
  }
  header.authenticated = file.first(lines.position() + std::min(kEnd.size(), file.size() - lines.position()));
  const std::string_view last = lines.take();
  if (header.stanzas.empty() || !last.starts_with(std::string(kEnd) + " ")) fail_header();
  header.mac = decode(last.substr(kEnd.size() + 1));
  if (header.mac.size() != kAgeMacSize) fail_header();
  header.payload = file.subspan(lines.position());
  return header;
}

std::string format_age_stanzas(const std::vector<AgeStanza>& stanzas) {
  std::string text(kVersionLine);
  for (const AgeStanza& stanza : stanzas) {
    text += std::string(kStanzaStart) + stanza.type;
    for (const std::string& argument : stanza.arguments) text += " " + argument;
    const std::string body = encode_base64(stanza.body, Base64::kUnpadded);
    // One more than there are full lines, so that the last is never full.
    for (std::size_t at = 0; at <= body.size(); at += kColumns) text += "\n" + body.substr(at, kColumns);
    text += "\n";
  }
  return text + std::string(kEnd);
}

std::string format_age_mac(ByteView mac) { return " " + encode_base64(mac, Base64::kUnpadded) + "\n"; }

std::string ssh_key_tag(ByteView public_key) {
  Hasher hasher(HashAlgorithm::kSha256);
  hasher.update(public_key);
  return encode_base64(ByteView(hasher.finish()).first(kTagSize), Base64::kUnpadded);
}

}  // namespace imgcrypt
