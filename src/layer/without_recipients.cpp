#include "layer/without_recipients.hpp"

#include "base/text/encoding.hpp"
#include "keywrap/schemes.hpp"
#include "layer/packets.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace imgcrypt {
namespace {

// The recipients of one packet that go and those that stay, by their positions.
struct PacketRecipients {
  std::set<std::size_t> going;
  std::size_t staying = 0;
};

// By annotation, then by the packet's position in it.
using AllPackets = std::map<std::string, std::map<std::size_t, PacketRecipients>>;

AllPackets sort_recipients(const std::vector<LayerRecipient>& recipients, const RecipientTest& goes) {
  AllPackets packets;
  for (const LayerRecipient& recipient : recipients) {
    PacketRecipients& of_packet = packets[recipient.annotation][recipient.packet];
    if (goes(recipient)) {
      of_packet.going.insert(recipient.position);
    } else {
      ++of_packet.staying;
    }
  }
  return packets;
}

// What is left of an annotation; empty when nothing is.
std::string left_of(const std::string& annotation, std::string_view value,
                    const std::map<std::size_t, PacketRecipients>& recipients) {
  const Scheme* scheme = scheme_of(annotation);
  // The annotation has one recipient, however many packets.
  if (scheme == nullptr || scheme->packets_are_opaque) return {};
  std::string left;
  const std::vector<std::string_view> packets = split_packets(value);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const auto of_packet = recipients.find(i);  // none: the packet is for nobody
    const bool loses_some = of_packet != recipients.end() && !of_packet->second.going.empty();
    if (loses_some && of_packet->second.staying == 0) continue;
    if (!left.empty()) left += ",";
    left += loses_some ? encode_base64(
                             scheme->without(parse_packet(annotation, packets[i]), of_packet->second.going),
                             Base64::kStandard)
                       : std::string(packets[i]);
  }
  return left;
}

}  // namespace

std::optional<AnnotationEdit> without_recipients(const Annotations& annotations, const RecipientTest& goes) {
  const LayerRecipients all = describe_recipients(annotations);
  // Those that were not described would be kept unseen, though the user may mean them.
  if (all.omitted > 0) {
    throw Error(ErrorCode::kRefused, "more than " + std::to_string(kMostDescribed) + " recipients",
                "use recipients replace");
  }
  if (std::ranges::none_of(all.list, goes)) return std::nullopt;
  // A layer that nobody can open is lost: its key exists nowhere else. What cannot be read, or is of a scheme
  // that is not known, may be anything: it is nobody.
  const auto may_open = [&](const LayerRecipient& recipient) {
    return recipient.recipient.problem.empty() && !goes(recipient);
  };
  if (std::ranges::none_of(all.list, may_open)) {
    throw Error(ErrorCode::kRefused, "nobody would be left to open it",
                "add another recipient first, or use recipients replace");
  }
  AnnotationEdit edit;
  for (const auto& [name, recipients] : sort_recipients(all.list, goes)) {
    const auto loses_some = [](const auto& packet) { return !packet.second.going.empty(); };
    // Not even divided and joined again: a packet that we cannot read must not prevent the removal of
    // another.
    if (std::ranges::none_of(recipients, loses_some)) continue;
    const std::string left = left_of(name, annotations.at(name), recipients);
    if (left.empty()) {
      edit.removed.insert(name);
    } else {
      edit.set[name] = left;
    }
  }
  return edit;
}

}  // namespace imgcrypt
