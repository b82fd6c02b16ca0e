#include "streamproc/payload.hpp"

#include "base/process/fd.hpp"
#include "base/text/encoding.hpp"
#include "keywrap/provider/provider_config.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace imgcrypt::streamproc {
namespace {

constexpr std::string_view kTypeUrl = "io.containerd.ocicrypt.v1.Payload";

[[noreturn]] void fail() {
  throw Error(ErrorCode::kIntegrity, "the payload on file descriptor 3 is malformed");
}

// Length-delimited fields of a protobuf message, the only kind an Any has.
class FieldReader {
 public:
  explicit FieldReader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    // At most ten bytes, as protobuf encodes 64 bits: without a bound, 0x80 could go on for ever.
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) fail();
      const std::uint8_t byte = rest_.front();
      rest_ = rest_.subspan(1);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    fail();
  }

  ByteView bytes() {
    const std::uint64_t size = varint();
    // Compared before it is used: a size near 2^64 must not come near arithmetic.
    if (size > rest_.size()) fail();
    const ByteView content = rest_.first(size);
    rest_ = rest_.subspan(size);
    return content;
  }

 private:
  ByteView rest_;
};

// The bytes of each element; nullopt for null.
std::vector<std::optional<SecretBytes>> decode_list(const std::optional<JsonView>& list) {
  std::vector<std::optional<SecretBytes>> decoded;
  if (!list) return decoded;
  for (const JsonView& element : list->elements()) {
    // Go writes a nil slice as null: a key without a passphrase. It keeps its place, as the lists go
    // together.
    if (element.is_null()) {
      decoded.emplace_back();
      continue;
    }
    decoded.push_back(decode_base64_secret(element.plain_string(), Base64::kStandard));
    if (!decoded.back()) fail();
  }
  return decoded;
}

std::vector<PayloadKey> parse_keys(const std::optional<JsonView>& parameters) {
  std::vector<PayloadKey> keys;
  if (!parameters) return keys;
  auto files = decode_list(parameters->find("privkeys"));
  auto passphrases = decode_list(parameters->find("privkeys-passwords"));
  // The list of passphrases may be shorter, or missing altogether.
  passphrases.resize(std::max(files.size(), passphrases.size()));
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i]) keys.push_back({std::move(*files[i]), std::move(passphrases[i])});
  }
  return keys;
}

// A parameter of another name than those of the key schemes is a key provider's.
ProviderParameters parse_provider_parameters(const std::optional<JsonView>& parameters) {
  ProviderParameters found;
  if (!parameters) return found;
  for (const JsonMember& member : parameters->members()) {
    const std::string name = member.name();
    if (is_reserved_provider_name(name) || member.value.is_null()) continue;
    for (const auto& value : decode_list(member.value)) {
      if (value) found[name].push_back({std::string(as_text(value->expose()))});
    }
  }
  return found;
}

std::vector<std::string> find_unused_keys(const std::optional<JsonView>& parameters) {
  std::vector<std::string> found;
  if (!parameters) return found;
  for (const char* name : {"gpg-privatekeys", "pkcs11-yamls"}) {
    // ocicrypt sends an empty one where there is none.
    const bool has_key = std::ranges::any_of(decode_list(parameters->find(name)),
                                             [](const auto& key) { return key && key->size() > 0; });
    if (has_key) found.emplace_back(name);
  }
  return found;
}

// Only containerd's is a pipe: a file or a terminal that was inherited would be read for nothing.
bool is_payload_there() noexcept {
  struct stat status = {};
  return ::fstat(kPayloadFd, &status) == 0 && S_ISFIFO(status.st_mode);
}

}  // namespace

std::optional<Payload> parse_payload(ByteView any) {
  std::string_view type;
  ByteView value;
  for (FieldReader fields(any); !fields.at_end();) {
    const std::uint64_t key = fields.varint();
    // Field number and wire type 2: 1 is type_url, 2 is value (google/protobuf/any.proto).
    if (key == 0x0a) {
      type = as_text(fields.bytes());
    } else if (key == 0x12) {
      value = fields.bytes();
    } else {
      fail();
    }
  }
  if (type != kTypeUrl) return std::nullopt;
  // Walked in place, without a tree: it may hold private keys.
  const JsonView json(as_text(value));
  const auto config = json.find("DecryptConfig");
  const auto parameters = config ? config->find("Parameters") : std::nullopt;
  return Payload{parse_descriptor(json.get("Descriptor")), parse_keys(parameters),
                 parse_provider_parameters(parameters), find_unused_keys(parameters)};
}

std::optional<Payload> read_payload() {
  if (!is_payload_there()) return std::nullopt;
  const Fd pipe(kPayloadFd);
  // Private keys may be in it, so it is locked memory from the first byte on.
  const SecretBytes any = read_secret(pipe.get(), kMostPayloadBytes, "payload");
  try {
    return any.size() == 0 ? std::nullopt : parse_payload(any.expose());
  } catch (const Error&) {
    return std::nullopt;  // not ours: the look-up needs none
  }
}

}  // namespace imgcrypt::streamproc
