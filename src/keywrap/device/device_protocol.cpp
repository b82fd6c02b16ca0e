#include "keywrap/device/device_protocol.hpp"

#include "base/text/encoding.hpp"
#include "base/text/json.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

// Among the words of the member "op", with which documents of the keyprovider protocol begin too.
constexpr std::string_view kOp = "privatekey";

struct OperationName {
  DeviceOperation operation;
  std::string_view name;
};

constexpr std::array kOperationNames = {OperationName{DeviceOperation::kNeedsPassphrase, "needs-passphrase"},
                                        OperationName{DeviceOperation::kDescribe, "describe"},
                                        OperationName{DeviceOperation::kOaepSha1, "oaep-sha1"},
                                        OperationName{DeviceOperation::kOaepSha256, "oaep-sha256"},
                                        OperationName{DeviceOperation::kPkcs1, "pkcs1"},
                                        OperationName{DeviceOperation::kAgree, "agree"}};

DeviceOperation operation_named(const std::string& name) {
  const auto found = std::ranges::find(kOperationNames, name, &OperationName::name);
  if (found == kOperationNames.end())
    throw Error(ErrorCode::kIntegrity, "\"operation\" is not one of a private key");
  return found->operation;
}

// Between quotes.
SecretBytes base64_of(ByteView bytes) {
  const SecretBytes text = encode_base64_secret(bytes, Base64::kStandard);
  return SecretBytes::joined({"\"", as_text(text.expose()), "\""});
}

SecretBytes bytes_of_device(const JsonView& value) {
  auto bytes = decode_base64_secret(value.plain_string(), Base64::kStandard);
  if (!bytes) throw Error(ErrorCode::kIntegrity, "a member is not base64");
  return std::move(*bytes);
}

std::string bounded_text_of(const JsonView& value) {
  const SecretBytes bytes = bytes_of_device(value);
  if (bytes.size() > kMostDeviceMessageBytes)
    throw Error(ErrorCode::kRefused,
                "a member of more than " + std::to_string(kMostDeviceMessageBytes) + " bytes");
  return std::string(as_text(bytes.expose()));
}

}  // namespace

SecretBytes format_device_request(const DeviceRequest& request) {
  const auto name = std::ranges::find(kOperationNames, request.operation, &OperationName::operation);
  const SecretBytes passphrase =
      request.passphrase ? base64_of(request.passphrase->expose()) : SecretBytes::copy_of(as_bytes("null"));
  const SecretBytes key = base64_of(as_bytes(request.key));
  const SecretBytes data = base64_of(request.data);
  const SecretBytes label = base64_of(as_bytes(request.label));
  return SecretBytes::joined({R"({"op":")", kOp, R"(","privatekey":{"operation":")", name->name,
                              R"(","key":)", as_text(key.expose()), R"(,"passphrase":)",
                              as_text(passphrase.expose()), R"(,"data":)", as_text(data.expose()),
                              R"(,"label":)", as_text(label.expose()), R"(,"size":)",
                              std::to_string(request.size), "}}"});
}

bool is_device_request(ByteView document) {
  const auto op = JsonView(as_text(document)).find("op");
  return op && op->kind() == JsonView::Kind::kString && op->string() == kOp;
}

DeviceRequest parse_device_request(ByteView document) {
  const JsonView json = JsonView(as_text(document)).get("privatekey");
  DeviceRequest request{operation_named(json.get("operation").string()), bounded_text_of(json.get("key"))};
  if (const auto passphrase = json.find("passphrase")) request.passphrase = bytes_of_device(*passphrase);
  request.data = to_bytes(as_bytes(bounded_text_of(json.get("data"))));
  request.label = bounded_text_of(json.get("label"));
  const std::uint64_t size = json.get("size").unsigned_integer();
  if (size > kMostDeviceMessageBytes)
    throw Error(ErrorCode::kRefused,
                "a message of more than " + std::to_string(kMostDeviceMessageBytes) + " bytes is asked for");
  request.size = static_cast<std::size_t>(size);
  return request;
}

SecretBytes format_device_reply(const std::optional<SecretBytes>& result) {
  if (!result) return SecretBytes::copy_of(as_bytes(R"({"privatekeyresults":{"result":null}})"));
  const SecretBytes text = base64_of(result->expose());
  return SecretBytes::joined({R"({"privatekeyresults":{"result":)", as_text(text.expose()), "}}"});
}

std::optional<SecretBytes> parse_device_reply(ByteView document) {
  const auto results = JsonView(as_text(document)).find("privatekeyresults");
  const auto result = results ? results->find("result") : std::nullopt;
  return result ? std::optional(bytes_of_device(*result)) : std::nullopt;
}

}  // namespace imgcrypt
