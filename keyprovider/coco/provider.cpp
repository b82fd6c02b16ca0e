#include "keyprovider/coco/provider.hpp"

#include "keyprovider/coco/key_source.hpp"
#include "keyprovider/coco/packet.hpp"

#include <utility>

namespace imgcrypt::keyprovider::coco {
namespace {

// What the user named; a bare provider:attestation-agent, which is sent as one word, names nothing.
std::vector<Parameters> named_by(const std::vector<std::string>& parameters) {
  std::vector<Parameters> named;
  for (const std::string& parameter : parameters)
    if (parameter != kProviderEnabled) named.push_back(parse_parameters(parameter));
  return named;
}

Parameters parse_key_of_node(const std::string& text) {
  const std::size_t middle = text.find('=');
  // At the first "=": a KEYID cannot contain one, a path can.
  if (middle == std::string::npos || middle + 1 == text.size())
    throw Error(ErrorCode::kUsage, "--key " + text + " is not KEYID=FILE");
  return {.key_path = text.substr(middle + 1), .key_id = KeyId::parse(text.substr(0, middle)).text()};
}

// A packet's keyid is parsed only to look it up in resources. A key file also opens packets whose keyid we
// would refuse ourselves.
std::optional<SecretBytes> find_key(const Parameters& source, const std::string& key_id) {
  if (source.is_sample) return key_id == kSampleKeyId ? std::optional(sample_key()) : std::nullopt;
  if (source.key_id && *source.key_id != key_id) return std::nullopt;
  if (source.key_path) return read_key_file(*source.key_path);
  if (source.resources) return find_resource(*source.resources, KeyId::parse(key_id));
  return std::nullopt;
}

[[noreturn]] void fail_without_key(const std::string& key_id) {
  if (key_id == kSampleKeyId) {
    throw Error(ErrorCode::kNoKey, "wrapped with the published sample key, which protects nothing",
                "sample=true or --sample opens it");
  }
  throw Error(ErrorCode::kNoKey, "wrapped with " + key_id + ", and no key of that name was found",
              "write keypath=FILE or resources=FILE, or configure --key KEYID=FILE or --resources PATH");
}

}  // namespace

CocoProvider::CocoProvider(const KeyPlaces& node, Warn warn) : warn_(std::move(warn)) {
  for (const std::string& key : node.keys) node_.push_back(parse_key_of_node(key));
  for (const std::string& resources : node.resources) node_.push_back({.resources = resources});
  if (node.has_sample) node_.push_back({.is_sample = true});
}

Bytes CocoProvider::wrap(const std::vector<std::string>& parameters, const SecretBytes& options) {
  const std::vector<Parameters> named = named_by(parameters);
  if (named.size() != 1) {
    throw Error(ErrorCode::kUsage, named.empty() ? "no key is named" : "a packet is for one key only",
                "write provider:attestation-agent:keypath=FILE::keyid=kbs:///REPOSITORY/TYPE/TAG");
  }
  const NamedKey key = key_to_wrap_with(named.front());
  const Packet packet = seal(key.id, key.key, options.expose());
  Bytes bytes = to_bytes(as_bytes(format_packet(packet)));
  if (bytes.size() > kMostPacketBytes) throw Error(ErrorCode::kRefused, "a packet of more than 64 KiB");
  return bytes;
}

CocoProvider::NamedKey CocoProvider::key_to_wrap_with(const Parameters& parameters) const {
  if (parameters.is_sample) {
    warn_("sample=true protects nothing: the key is published");
    return {kSampleKeyId, sample_key()};
  }
  if (!parameters.key_id) {
    throw Error(ErrorCode::kUsage, "keyid= is missing",
                "without keyid=kbs:///REPOSITORY/TYPE/TAG no confidential-data-hub finds the key");
  }
  const std::string& id = *parameters.key_id;
  if (parameters.key_path) return {id, read_key_file(*parameters.key_path)};
  // Where the user names resources, a key of the same name elsewhere is not what was meant.
  std::vector<Parameters> sources = node_;
  if (parameters.resources) sources = {parameters};
  for (const Parameters& source : sources) {
    if (source.is_sample) continue;  // only if the user asked for it for this image
    if (auto key = find_key(source, id)) return {id, std::move(*key)};
  }
  throw Error(ErrorCode::kUsage, "no key " + id + " was found, and with a random one the layer would be lost",
              "add keypath=FILE or resources=PATH to keyid=");
}

SecretBytes CocoProvider::unwrap(const std::vector<std::string>& parameters, ByteView packet) {
  const Packet parsed = parse_packet(packet);
  std::vector<Parameters> sources = named_by(parameters);
  sources.insert(sources.end(), node_.begin(), node_.end());
  std::optional<Error> failure;
  for (const Parameters& source : sources) {
    try {
      if (const auto key = find_key(source, parsed.key_id)) return open(parsed, *key);
    } catch (const Error& error) {
      // A broken source must not hide the key in the next. The first is kept: what the user named comes
      // first.
      if (!failure) failure = error;
    }
  }
  if (failure) throw Error(*failure);
  fail_without_key(parsed.key_id);
}

}  // namespace imgcrypt::keyprovider::coco
