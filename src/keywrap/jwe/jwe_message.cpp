#include "keywrap/jwe/jwe_message.hpp"

#include "base/text/encoding.hpp"
#include "base/text/json.hpp"
#include "keywrap/packet_limits.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

// Members of a message with one recipient. go-jose writes the first one's beside the list as well.
constexpr std::array<std::string_view, 2> kOfOneRecipient = {"encrypted_key", "header"};

[[noreturn]] void fail(const std::string& message) { throw Error(ErrorCode::kIntegrity, "JWE: " + message); }

std::string to_text(const std::optional<JsonView>& value) { return value ? value->string() : std::string(); }

Bytes decode(const std::string& text, const char* name) {
  auto bytes = decode_base64(text, Base64::kUrl);
  if (!bytes) fail(std::string(name) + " is not base64url");
  return std::move(*bytes);
}

void check_header(std::string_view text) {
  JsonLimits limits;
  limits.size = kMostPacketBytes;
  check_json(text, limits);
}

// The JOSE header of one recipient: the union of three objects whose names must not repeat (RFC 7516 section
// 4).
class Header {
 public:
  Header(const std::optional<JsonView>& integrity_protected, const std::optional<JsonView>& shared,
         const std::optional<JsonView>& own)
      : parts_{integrity_protected, shared, own} {
    // What `crit` names must be understood or refused (RFC 7516 section 4.1.13), and we know no extension.
    for (const char* name : {"crit", "zip"}) {
      if (find(name)) throw Error(ErrorCode::kRefused, "JWE: header parameter \"" + std::string(name) + "\"");
    }
  }

  [[nodiscard]] std::optional<JsonView> find(std::string_view name) const {
    std::optional<JsonView> found;
    for (const auto& part : parts_) {
      const auto value = part ? part->find(name) : std::nullopt;
      if (value && found) fail("header parameter \"" + std::string(name) + "\" occurs twice");
      if (value) found = value;
    }
    return found;
  }

  [[nodiscard]] std::string text(std::string_view name) const { return to_text(find(name)); }

 private:
  std::array<std::optional<JsonView>, 3> parts_;
};

std::optional<EcPoint> parse_epk(const std::optional<JsonView>& jwk) {
  if (!jwk || to_text(jwk->find("kty")) != "EC") return std::nullopt;
  return EcPoint{jwk->get("crv").string(), decode(jwk->get("x").string(), "epk"),
                 decode(jwk->get("y").string(), "epk")};
}

JweRecipient parse_recipient(const Header& header, const std::string& encrypted_key) {
  return {header.text("alg"),
          header.text("kid"),
          parse_epk(header.find("epk")),
          decode(header.text("apu"), "apu"),
          decode(header.text("apv"), "apv"),
          decode(encrypted_key, "encrypted_key")};
}

struct Parts {
  std::string integrity_protected, iv, ciphertext, tag, aad;
};

// Everything but the recipients.
JweMessage open_parts(const Parts& parts) {
  const std::string aad = parts.integrity_protected + (parts.aad.empty() ? "" : "." + parts.aad);
  return {{}, aad, decode(parts.iv, "iv"), decode(parts.ciphertext, "ciphertext"), decode(parts.tag, "tag"),
          {}};
}

std::string decode_protected(const std::string& encoded) {
  if (encoded.empty()) return "{}";
  const Bytes header = decode(encoded, "protected");
  check_header(as_text(header));
  return std::string(as_text(header));
}

JweMessage parse_compact(std::string_view text) {
  std::array<std::string, 5> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (i == 4)) fail("neither JSON nor five parts joined by dots");
    parts.at(i) = text.substr(0, dot);
    text.remove_prefix(i == 4 ? text.size() : dot + 1);
  }
  const std::string header_text = decode_protected(parts[0]);
  const Header header(JsonView(header_text), std::nullopt, std::nullopt);
  JweMessage message = open_parts({parts[0], parts[2], parts[3], parts[4], {}});
  message.encryption = header.text("enc");
  message.recipients.push_back(parse_recipient(header, parts[1]));
  return message;
}

JweMessage parse_json(std::string_view text) {
  check_header(text);
  const JsonView document(text);
  const std::string encoded = to_text(document.find("protected"));
  const std::string protected_text = decode_protected(encoded);
  const JsonView integrity_protected(protected_text);
  const auto shared = document.find("unprotected");
  JweMessage message = open_parts({encoded, document.get("iv").string(), document.get("ciphertext").string(),
                                   document.get("tag").string(), to_text(document.find("aad"))});
  const auto add = [&](const JsonView& recipient) {
    const Header header(integrity_protected, shared, recipient.find("header"));
    const std::string encryption = header.text("enc");
    // Section 7.2.1: all recipients share one content, so they must agree on how it is encrypted.
    if (!message.recipients.empty() && encryption != message.encryption)
      fail("recipients with different \"enc\"");
    message.encryption = encryption;
    message.recipients.push_back(parse_recipient(header, to_text(recipient.find("encrypted_key"))));
  };
  // go-jose repeats the first recipient's key beside `recipients`, against section 7.2.1. It adds nothing.
  if (const auto recipients = document.find("recipients")) {
    for (const JsonView& recipient : recipients->elements()) add(recipient);
  } else {
    add(document);
  }
  return message;
}

}  // namespace

Bytes JweMessage::without(ByteView packet, const std::set<std::size_t>& positions) {
  // A packet that cannot be read is not rewritten.
  (void)parse(packet);
  const JsonView document(as_text(packet));
  for (const std::string_view name : kOfOneRecipient)
    (void)document.find(name);  // throws for another spelling
  std::string left;
  const std::vector<JsonView> recipients = document.get("recipients").elements();
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (!positions.contains(i)) left += (left.empty() ? "" : ",") + std::string(recipients[i].text());
  }
  std::string text;
  for (const JsonMember& member : document.members()) {
    const std::string name = member.name();
    if (std::ranges::find(kOfOneRecipient, name) != kOfOneRecipient.end()) continue;
    text += (text.empty() ? "{" : ",") + std::string(member.key.text()) + ":";
    // Texts are copied as they are: "protected" is authenticated character by character.
    text += name == "recipients" ? "[" + left + "]" : std::string(member.value.text());
  }
  return to_bytes(as_bytes(text + "}"));
}

JweMessage JweMessage::parse(ByteView packet) {
  const std::string_view text = as_text(packet);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) fail("empty");
  return text[first] == '{' ? parse_json(text) : parse_compact(text);
}

}  // namespace imgcrypt
