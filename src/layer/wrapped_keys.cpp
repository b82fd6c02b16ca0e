#include "layer/wrapped_keys.hpp"

#include "base/text/encoding.hpp"
#include "base/work_time.hpp"
#include "layer/describe_recipients.hpp"
#include "layer/packets.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostShown = 300;  // characters of a packet's fault

constexpr const char* kPublicOptions = "org.opencontainers.image.enc.pubopts";

// A packet goes when all of its recipients have a new one. Adds them to `texts`.
std::string without_renewed(const std::string& annotation, const std::string& old, const std::string& added,
                            std::set<std::string>& texts) {
  std::set<std::string> renewed;
  for (const LayerRecipient& now : describe_recipients({{annotation, added}}).list) {
    if (now.recipient.names_one_key) renewed.insert(now.recipient.fingerprint);
  }
  std::set<std::size_t> going;
  const LayerRecipients present = describe_recipients({{annotation, old}});
  // Too many to know all of them: rather a packet twice than one lost.
  if (present.omitted > 0) return old;
  // First all, then those stay that have a recipient without a new packet: one packet may be for several.
  for (const LayerRecipient& before : present.list) going.insert(before.packet);
  for (const LayerRecipient& before : present.list) {
    if (renewed.contains(before.recipient.fingerprint)) {
      texts.insert(before.recipient.text);
    } else {
      going.erase(before.packet);
    }
  }
  return without_packets(old, going);
}

}  // namespace

Annotations wrap_private_options(const PrivateOptions& options, const KeyWrappers& wrappers) {
  const WorkTimer timer(Work::kKeys);
  // The same text for all recipients: any one of them must open the layer.
  const SecretBytes json = options.to_json();
  Annotations annotations;
  for (const auto& wrapper : wrappers) {
    std::string& value = annotations[wrapper->annotation()];
    value += (value.empty() ? "" : ",") + encode_base64(wrapper->wrap(json), Base64::kStandard);
  }
  return annotations;
}

JoinedPackets join_packets(const Annotations& old, const Annotations& added) {
  JoinedPackets result;
  Annotations& joined = result.annotations;
  for (const auto& [name, value] : added) {
    const auto present = old.find(name);
    const std::string kept =
        present == old.end() ? "" : without_renewed(name, present->second, value, result.renewed);
    joined[name] = kept;
    joined[name].append(kept.empty() ? "" : ",").append(value);
    // By commas, without decoding: old packets may be unreadable to us and still count for readers.
    if (std::ranges::count(joined[name], ',') < static_cast<std::ptrdiff_t>(kMostPackets)) continue;
    throw Error(ErrorCode::kRefused, name + ": more than " + std::to_string(kMostPackets) + " wrapped keys",
                "remove recipients first");
  }
  return result;
}

std::set<std::string> superseded_packets(const Annotations& old, const Annotations& now) {
  std::set<std::string> names;
  for (const auto& [name, value] : old) {
    if (name.starts_with(kKeysPrefix) && !now.contains(name)) names.insert(name);
  }
  return names;
}

void set_public_options(Annotations& annotations, const PublicOptions& public_options) {
  annotations[kPublicOptions] = encode_base64(as_bytes(public_options.to_json()), Base64::kStandard);
}

PublicOptions public_options_of(const Annotations& annotations) {
  const auto found = annotations.find(kPublicOptions);
  // Not a missing key: no key would help, as there is nothing to check the layer with.
  if (found == annotations.end() || found->second.empty()) {
    throw Error(ErrorCode::kIntegrity, "the annotations of its encryption are missing",
                "a builder may have dropped them; take the image from where it was encrypted");
  }
  const Bytes json = parse_packet(kPublicOptions, found->second);
  try {
    return PublicOptions::parse(as_text(json));
  } catch (const Error& error) {
    throw error.in(kPublicOptions);
  }
}

void require_wrapped_keys(const Annotations& annotations) {
  const LayerRecipients recipients = describe_recipients(annotations);
  const auto is_damaged = [](const LayerRecipient& recipient) { return recipient.recipient.is_damaged; };
  if (recipients.omitted > 0 || !std::ranges::all_of(recipients.list, is_damaged)) return;
  throw Error(ErrorCode::kIntegrity,
              recipients.list.empty() ? "its wrapped keys are missing"
                                      : "none of its wrapped keys can be read: " +
                                            shortened(recipients.list.front().recipient.text, kMostShown),
              "a builder may have dropped them; take the image from where it was encrypted");
}

bool has_encryption_annotations(const Annotations& annotations) {
  // Sorted by name, so the first one that could be it decides.
  const auto first = annotations.lower_bound(std::string(kEncryptionPrefix));
  return first != annotations.end() && first->first.starts_with(kEncryptionPrefix);
}

}  // namespace imgcrypt
