#include "keys/pem.hpp"

#include "base/text/encoding.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

// What is before the base64, and that. RFC 1421 section 4.4 ends the headers with an empty line, which not
// every program writes. A colon is not a digit of base64, so the last one is in a header.
std::pair<std::string_view, std::string_view> split_headers(std::string_view body) {
  const std::size_t colon = body.rfind(':');
  if (colon == std::string_view::npos) return {{}, body};
  const std::size_t line_end = std::min(body.find('\n', colon), body.size());
  // A long header goes on in lines that begin with a space.
  const std::string_view rest = body.substr(line_end);
  const std::size_t empty_line = std::min(rest.find("\n\n"), rest.find("\n\r\n"));
  const std::size_t end = line_end + (empty_line == std::string_view::npos ? 0 : empty_line);
  return {body.substr(0, end), body.substr(end)};
}

bool say_encrypted(std::string_view headers) {
  return headers.find("DEK-Info:") != std::string_view::npos ||
         headers.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

SecretBytes decode_body(std::string_view body, std::string_view label) {
  auto der = decode_base64_secret(body, Base64::kStandard, WhiteSpace::kIgnored);
  if (der) return std::move(*der);
  const bool has_escapes = body.find("\\n") != std::string_view::npos;
  throw Error(ErrorCode::kUsage, "PEM block " + std::string(label) + " is not base64",
              has_escapes
                  ? "it has \\n in place of line breaks, as JSON writes them: sed 's/\\\\n/\\n/g' FILE >KEY "
                    "makes lines"
                  : "it was damaged: copy the key again");
}

}  // namespace

std::vector<PemBlock> split_pem(std::string_view text) {
  std::vector<PemBlock> blocks;
  for (std::size_t begin = text.find(kBegin); begin != std::string_view::npos;
       begin = text.find(kBegin, begin)) {
    const std::size_t label_at = begin + kBegin.size();
    const std::size_t label_end = text.find(kDashes, label_at);
    if (label_end == std::string_view::npos)
      throw Error(ErrorCode::kUsage, "PEM block without a label", "it was damaged: copy the key again");
    const std::string_view label = text.substr(label_at, label_end - label_at);
    // Labels must agree (RFC 7468 section 3), so that a block cannot swallow the beginning of the next.
    const std::string end_line = std::string(kEnd) + std::string(label) + std::string(kDashes);
    const std::size_t body_at = label_end + kDashes.size();
    const std::size_t end = text.find(end_line, body_at);
    if (end == std::string_view::npos) {
      throw Error(ErrorCode::kUsage, "PEM block " + std::string(label) + " does not end",
                  "it was cut short: copy all of it, with its last line " + end_line);
    }
    const auto [headers, base64] = split_headers(text.substr(body_at, end - body_at));
    PemBlock block{label, text.substr(begin, end + end_line.size() - begin), say_encrypted(headers), {}};
    if (!block.is_encrypted) block.der = decode_body(base64, label);
    blocks.push_back(std::move(block));
    begin = end + end_line.size();
  }
  return blocks;
}

}  // namespace imgcrypt
