#include "keyprovider/sodium/packet.hpp"

#include "base/text/encoding.hpp"
#include "base/text/json.hpp"
#include "keyprovider/serve.hpp"

namespace imgcrypt::keyprovider::sodium {
namespace {

constexpr std::string_view kType = "sodium-sealed-box";
constexpr std::uint64_t kVersion = 1;
// Depth 3: the packet, its list, a recipient.
constexpr JsonLimits kLimits{.size = kMostPacketBytes, .depth = 3, .members = 16, .string = kMostPacketBytes};

[[noreturn]] void fail_packet(const std::string& what) { throw Error(ErrorCode::kIntegrity, what); }

SealedCopy parse_copy(const JsonView& json) {
  auto sealed = decode_base64(json.get("sealed").plain_string(), Base64::kStandard);
  if (!sealed) fail_packet("the packet is damaged");
  return {PublicKey::parse(json.get("public").plain_string()), std::move(*sealed)};
}

void check_head(const JsonView& json) {
  // The type first: a packet of another program may mean anything by "version".
  if (json.get("type").plain_string() != kType) fail_packet("not a packet of keyprovider-sodium");
  const std::uint64_t version = json.get("version").unsigned_integer();
  if (version == kVersion) return;
  throw Error(ErrorCode::kRefused,
              "the packet is of version " + std::to_string(version) + ", which this program does not know",
              "a newer keyprovider-sodium may read it");
}

}  // namespace

std::string format_packet(const std::vector<SealedCopy>& copies) {
  // By hand: the bytes are part of the format, and no library promises to keep its spacing. Nothing needs
  // escapes.
  std::string list;
  for (const SealedCopy& copy : copies) {
    list += (list.empty() ? "" : ",") + std::string(R"({"public":")") + copy.recipient.text() +
            R"(","sealed":")" + encode_base64(copy.sealed, Base64::kStandard) + R"("})";
  }
  return R"({"type":")" + std::string(kType) + R"(","version":)" + std::to_string(kVersion) +
         R"(,"recipients":[)" + list + "]}";
}

std::vector<SealedCopy> parse_packet(ByteView packet) {
  check_json(as_text(packet), kLimits);
  const JsonView json(as_text(packet));
  check_head(json);
  std::vector<SealedCopy> copies;
  for (const JsonView& copy : json.get("recipients").elements()) {
    // Before the next is parsed: each costs a test of its point, and the packet comes from anybody.
    if (copies.size() == kMostRecipients)
      throw Error(ErrorCode::kRefused,
                  "a packet for more than " + std::to_string(kMostRecipients) + " recipients");
    copies.push_back(parse_copy(copy));
  }
  // There is one way to write a packet: unknown members, other spacing and other encodings are damage.
  if (copies.empty() || format_packet(copies) != as_text(packet)) fail_packet("the packet is damaged");
  return copies;
}

}  // namespace imgcrypt::keyprovider::sodium
