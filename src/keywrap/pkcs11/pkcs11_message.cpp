#include "keywrap/pkcs11/pkcs11_message.hpp"

#include "base/text/encoding.hpp"
#include "base/text/json.hpp"
#include "keywrap/packet_limits.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

// Go reads an absent number as 0.
bool is_version_0(const JsonView& object) {
  const auto version = object.find("version");
  return !version || version->unsigned_integer() == 0;
}

// ocicrypt: without a hash it is SHA-1, which was the only one before there was the member.
std::optional<OaepHash> hash_of(const JsonView& recipient) {
  const auto member = recipient.find("hash");
  const std::string name = member ? member->string() : "";
  if (name.empty() || name == "sha1") return OaepHash::kSha1;
  return name == "sha256" ? std::optional(OaepHash::kSha256) : std::nullopt;
}

Pkcs11Recipient parse_recipient(const JsonView& recipient) {
  const auto blob = recipient.find("blob");
  auto encrypted = decode_base64(blob ? blob->string() : "", Base64::kStandard);
  const bool is_readable = is_version_0(recipient) && encrypted && !encrypted->empty();
  return {encrypted ? std::move(*encrypted) : Bytes(), is_readable ? hash_of(recipient) : std::nullopt};
}

JsonView recipients_of(std::string_view text) {
  JsonLimits limits;
  limits.size = kMostPacketBytes;
  check_json(text, limits);
  const JsonView document(text);
  if (!is_version_0(document)) throw Error(ErrorCode::kRefused, "a PKCS#11 packet of another version than 0");
  return document.get("recipients");
}

std::vector<JsonView> elements_of(ByteView packet) {
  std::vector<JsonView> elements = recipients_of(as_text(packet)).elements();
  if (elements.empty()) throw Error(ErrorCode::kIntegrity, "a PKCS#11 packet without recipients");
  if (elements.size() <= kMostPkcs11Recipients) return elements;
  throw Error(ErrorCode::kRefused,
              "a PKCS#11 packet for more than " + std::to_string(kMostPkcs11Recipients) + " recipients");
}

}  // namespace

std::vector<Pkcs11Recipient> parse_pkcs11_message(ByteView packet) {
  std::vector<Pkcs11Recipient> recipients;
  for (const JsonView& element : elements_of(packet)) recipients.push_back(parse_recipient(element));
  return recipients;
}

Bytes format_pkcs11_message(const std::vector<Pkcs11Recipient>& recipients) {
  std::string text;
  for (const auto& [encrypted, hash] : recipients) {
    text += std::string(text.empty() ? "" : ",") + R"({"version":0,"blob":")" +
            encode_base64(encrypted, Base64::kStandard) + R"(","hash":")" +
            (hash.value() == OaepHash::kSha1 ? "sha1" : "sha256") + R"("})";
  }
  return to_bytes(as_bytes(R"({"version":0,"recipients":[)" + text + "]}"));
}

Bytes without_pkcs11_recipients(ByteView packet, const std::set<std::size_t>& positions) {
  const std::vector<JsonView> elements = elements_of(packet);
  std::string kept;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!positions.contains(i)) kept += (kept.empty() ? "" : ",") + std::string(elements[i].text());
  }
  const std::string_view text = as_text(packet);
  const std::string_view list = recipients_of(text).text();
  const auto start = static_cast<std::size_t>(list.data() - text.data());
  return to_bytes(as_bytes(std::string(text.substr(0, start)) + "[" + kept + "]" +
                           std::string(text.substr(start + list.size()))));
}

}  // namespace imgcrypt
