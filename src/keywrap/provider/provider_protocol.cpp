#include "keywrap/provider/provider_protocol.hpp"

#include "base/text/encoding.hpp"
#include "base/text/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace imgcrypt {
namespace {

constexpr std::string_view kWrapOperation = "keywrap";
constexpr std::string_view kUnwrapOperation = "keyunwrap";
// A provider may say anything; what it says becomes part of an error.
constexpr std::size_t kMostShownBytes = 2048;

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::kIntegrity, what); }

// A parameter of ours beside the one of the provider's name, as ocicrypt has lists of passwords beside its
// lists of keys.
std::string passphrases_name(std::string_view provider) { return std::string(provider) + "-passphrases"; }

// "" or a member that follows another: most requests have no passphrase, and other programs expect none.
SecretBytes passphrases_member(const ProviderRequest& request, std::string_view provider) {
  SecretBytes list;
  bool is_any = false;
  for (const auto& passphrase : request.passphrases) {
    const SecretBytes text =
        passphrase ? encode_base64_secret(passphrase->expose(), Base64::kStandard) : SecretBytes();
    const char* const quote = passphrase ? "\"" : "";
    list = SecretBytes::joined({as_text(list.expose()), list.size() == 0 ? "" : ",", quote,
                                passphrase ? as_text(text.expose()) : "null", quote});
    is_any = is_any || passphrase;
  }
  if (!is_any) return {};
  return SecretBytes::joined(
      {",", quote_json(passphrases_name(provider)), ":[", as_text(list.expose()), "]"});
}

SecretBytes parameters_object(const ProviderRequest& request, std::string_view provider) {
  if (request.parameters.empty()) return SecretBytes::joined({R"({"Parameters":{}})"});
  std::string list;
  for (const std::string& parameter : request.parameters) {
    list += (list.empty() ? "\"" : ",\"") + encode_base64(as_bytes(parameter), Base64::kStandard) +
            std::string("\"");
  }
  const SecretBytes passphrases = passphrases_member(request, provider);
  return SecretBytes::joined(
      {R"({"Parameters":{)", quote_json(provider), ":[", list, "]", as_text(passphrases.expose()), "}}"});
}

// Go reads both base64 and arrays of numbers as bytes.
SecretBytes bytes_of(const JsonView& value) {
  if (value.kind() == JsonView::Kind::kArray) {
    const auto elements = value.elements();
    SecretBytes bytes(elements.size());
    std::ranges::transform(elements, bytes.expose_mutable().begin(), [](const JsonView& element) {
      const std::uint64_t number = element.unsigned_integer();
      if (number > 0xff) fail("a number that is not a byte");
      return static_cast<std::uint8_t>(number);
    });
    return bytes;
  }
  // Some JSON writers escape the slash that base64 may have; some base64 writers break lines, which Go
  // ignores.
  if (value.text().find('\\') != std::string_view::npos) {
    std::string text = value.string();
    std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
    auto bytes = decode_base64_secret(text, Base64::kStandard);
    wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    if (!bytes) fail("not base64");
    return std::move(*bytes);
  }
  auto bytes = decode_base64_secret(value.plain_string(), Base64::kStandard);
  if (!bytes) fail("not base64");
  return std::move(*bytes);
}

// Calls `take(value)` for each element of the parameter `name`.
template <typename Take>
void for_each_parameter(const std::optional<JsonView>& config, std::string_view name, Take take) {
  const auto map = config ? config->find("Parameters") : std::nullopt;
  if (!map) return;
  for (const JsonMember& member : map->members()) {
    if (member.name() != name || member.value.is_null()) continue;
    for (const JsonView& value : member.value.elements()) take(value);
  }
}

std::vector<std::string> parameters_of(const std::optional<JsonView>& config, std::string_view provider) {
  std::vector<std::string> parameters;
  for_each_parameter(config, provider, [&](const JsonView& value) {
    parameters.emplace_back(value.is_null() ? std::string() : std::string(as_text(bytes_of(value).expose())));
  });
  return parameters;
}

std::vector<std::optional<SecretBytes>> passphrases_of(const std::optional<JsonView>& config,
                                                       std::string_view provider) {
  std::vector<std::optional<SecretBytes>> passphrases;
  for_each_parameter(config, passphrases_name(provider), [&](const JsonView& value) {
    passphrases.push_back(value.is_null() ? std::nullopt : std::optional(bytes_of(value)));
  });
  return passphrases;
}

struct Cause {
  std::string_view name;
  ErrorCode code;
};

// What a provider is not to blame for, and how a reply says it.
constexpr std::array kCauses = {Cause{"no-key", ErrorCode::kNoKey}, Cause{"usage", ErrorCode::kUsage},
                                Cause{"usage", ErrorCode::kNotFound}, Cause{"no-key", ErrorCode::kRefused},
                                Cause{"integrity", ErrorCode::kIntegrity}};

// Other providers' replies may have members of these names that are empty, or something else.
// Empty for what is not a text. Cut where it is too long to be shown.
std::string text_in(const JsonView& reply, std::string_view name) {
  const auto member = reply.find(name);
  if (!member || member->kind() != JsonView::Kind::kString) return {};
  std::string text = member->string();
  if (text.size() > kMostShownBytes) text.replace(kMostShownBytes, std::string::npos, "...");
  return text;
}

SecretBytes content_of(const JsonView& parameters, std::string_view name) {
  return bytes_of(parameters.get(name));
}

}  // namespace

SecretBytes format_provider_request(const ProviderRequest& request, std::string_view provider) {
  const SecretBytes content = encode_base64_secret(request.content.expose(), Base64::kStandard);
  const SecretBytes parameters = parameters_object(request, provider);
  if (request.operation == ProviderOperation::kWrap) {
    return SecretBytes::joined({R"({"op":"keywrap","keywrapparams":{"ec":)",
                                // Without its last brace: when wrapping, ocicrypt has DecryptConfig in the
                                // same object.
                                as_text(parameters.expose()).substr(0, parameters.size() - 1),
                                R"(,"DecryptConfig":{"Parameters":{}}},"optsdata":")",
                                as_text(content.expose()),
                                R"("},"keyunwrapparams":{"dc":null,"annotation":null}})"});
  }
  return SecretBytes::joined(
      {R"({"op":"keyunwrap","keywrapparams":{"ec":null,"optsdata":null},"keyunwrapparams":{"dc":)",
       as_text(parameters.expose()), R"(,"annotation":")", as_text(content.expose()), R"("}})"});
}

ProviderRequest parse_provider_request(ByteView document, std::string_view provider) {
  const JsonView json(as_text(document));
  const std::string operation = json.get("op").string();
  if (operation == kWrapOperation) {
    const JsonView wrap = json.get("keywrapparams");
    return {ProviderOperation::kWrap, parameters_of(wrap.find("ec"), provider), content_of(wrap, "optsdata")};
  }
  if (operation == kUnwrapOperation) {
    const JsonView unwrap = json.get("keyunwrapparams");
    return {ProviderOperation::kUnwrap, parameters_of(unwrap.find("dc"), provider),
            content_of(unwrap, "annotation"), passphrases_of(unwrap.find("dc"), provider)};
  }
  fail("op \"" + operation + "\" is neither keywrap nor keyunwrap");
}

SecretBytes format_provider_reply(ProviderOperation operation, ByteView result) {
  SecretBytes numbers(result.size() * 4);  // "255," at most
  std::size_t size = 0;
  for (const std::uint8_t byte : result) {
    char* at = reinterpret_cast<char*>(numbers.expose_mutable().data()) + size;
    if (size > 0) *at++ = ',';
    at = std::to_chars(at, at + 3, byte).ptr;
    size = static_cast<std::size_t>(at - reinterpret_cast<char*>(numbers.expose_mutable().data()));
  }
  const std::string_view array = as_text(numbers.expose()).substr(0, size);
  return operation == ProviderOperation::kWrap
             ? SecretBytes::joined({R"({"keywrapresults":{"annotation":[)", array, "]}}"})
             : SecretBytes::joined({R"({"keyunwrapresults":{"optsdata":[)", array, "]}}"});
}

SecretBytes with_request_id(ByteView document, std::uint64_t id) {
  const std::string_view text = as_text(document);
  if (!text.starts_with('{')) return SecretBytes::copy_of(document);
  const std::string member = R"({"id":)" + std::to_string(id) + (text == "{}" ? "" : ",");
  return SecretBytes::joined({member, text.substr(1)});
}

std::optional<std::uint64_t> request_id_of(ByteView document) {
  const auto id = JsonView(as_text(document)).find("id");
  return id ? std::optional(id->unsigned_integer()) : std::nullopt;
}

SecretBytes format_provider_failure(const Error& failure) {
  const auto cause = std::ranges::find(kCauses, failure.code(), &Cause::code);
  std::string reply = "{\"error\":" + quote_json(failure.message());
  if (!failure.hint().empty()) reply += ",\"hint\":" + quote_json(failure.hint());
  if (cause != kCauses.end()) reply += ",\"cause\":" + quote_json(cause->name);
  return SecretBytes::copy_of(as_bytes(reply + "}"));
}

std::optional<SecretBytes> parse_provider_reply(ProviderOperation operation, ByteView document) {
  const bool is_wrap = operation == ProviderOperation::kWrap;
  const std::string_view text = as_text(document);
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) fail("it answered nothing");
  const JsonView json(text);
  const auto results = json.find(is_wrap ? "keywrapresults" : "keyunwrapresults");
  const auto result = results ? results->find(is_wrap ? "annotation" : "optsdata") : std::nullopt;
  // A result counts more than an "error" beside it, which other providers may fill as they like.
  return result ? std::optional(bytes_of(*result)) : std::nullopt;
}

std::optional<Error> failure_in_reply(ByteView document) {
  const JsonView reply(as_text(document));
  std::string message = text_in(reply, "error");
  if (message.empty()) return std::nullopt;
  const auto cause = std::ranges::find(kCauses, text_in(reply, "cause"), &Cause::name);
  return Error(cause == kCauses.end() ? ErrorCode::kProvider : cause->code, std::move(message),
               text_in(reply, "hint"));
}

std::string harmless_beginning(std::string_view reply) {
  constexpr std::size_t kMost = 60;
  constexpr std::size_t kLongestWord = 20;  // of a key in base64 or hex it would be too little
  if (reply.find_first_of("{[\"") != std::string_view::npos) return {};
  std::string shown;
  std::istringstream words{std::string(reply.substr(0, kMost))};
  for (std::string word; words >> word && word.size() <= kLongestWord;) {
    if (!std::ranges::all_of(word, [](char c) { return c > ' ' && c < 0x7f; })) break;
    shown += (shown.empty() ? "" : " ") + word;
  }
  return shown;
}

}  // namespace imgcrypt
