#include "keys/pem.hpp"

#include "base/text/encoding.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

SecretBytes decode_body(std::string_view body, std::string_view label) {
  auto der = decode_base64_secret(body, Base64::kStandard, WhiteSpace::kIgnored);
  if (!der) throw Error(ErrorCode::kUsage, "PEM block " + std::string(label) + " is not base64");
  return std::move(*der);
}

}  // namespace

std::vector<PemBlock> split_pem(std::string_view text) {
  std::vector<PemBlock> blocks;
  for (std::size_t begin = text.find(kBegin); begin != std::string_view::npos;
       begin = text.find(kBegin, begin)) {
    const std::size_t label_at = begin + kBegin.size();
    const std::size_t label_end = text.find(kDashes, label_at);
    if (label_end == std::string_view::npos) throw Error(ErrorCode::kUsage, "PEM block without a label");
    const std::string_view label = text.substr(label_at, label_end - label_at);
    // Labels must agree (RFC 7468 section 3), so that a block cannot swallow the beginning of the next.
    const std::string end_line = std::string(kEnd) + std::string(label) + std::string(kDashes);
    const std::size_t body_at = label_end + kDashes.size();
    const std::size_t end = text.find(end_line, body_at);
    if (end == std::string_view::npos) {
      throw Error(ErrorCode::kUsage, "PEM block " + std::string(label) + " does not end");
    }
    const std::string_view body = text.substr(body_at, end - body_at);
    // A colon is not a digit of base64, so one shows that there are headers.
    PemBlock block{label,
                   text.substr(begin, end + end_line.size() - begin),
                   body.find(':') != std::string_view::npos,
                   {}};
    if (!block.has_headers) block.der = decode_body(body, label);
    blocks.push_back(std::move(block));
    begin = end + end_line.size();
  }
  return blocks;
}

}  // namespace imgcrypt
