#include "layer/recipient_removal.hpp"

#include "keywrap/schemes.hpp"
#include "layer/packets.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace imgcrypt {
namespace {

// Whether several recipients of one annotation can be told by their packets.
bool has_described_packets(const std::string& annotation) {
  return std::ranges::find(schemes(), annotation, &Scheme::annotation) != schemes().end();
}

// The packets of each annotation that go, by their position.
using Going = std::map<std::string, std::set<std::size_t>>;

Going going_packets(const std::vector<LayerRecipient>& recipients, const RecipientTest& goes) {
  Going going;
  for (const LayerRecipient& recipient : recipients) {
    if (goes(recipient)) going[recipient.annotation].insert(recipient.packet);
  }
  for (const LayerRecipient& recipient : recipients) {
    const auto packets = going.find(recipient.annotation);
    const bool is_taken = packets != going.end() && packets->second.contains(recipient.packet);
    if (!is_taken || goes(recipient)) continue;
    throw Error(
        ErrorCode::kRefused,
        "one packet is for several recipients, so that " + recipient.recipient.text() + " would go, too",
        "remove all of them, or use recipients replace");
  }
  return going;
}

}  // namespace

std::optional<AnnotationEdit> remove_recipients(const Annotations& annotations, const RecipientTest& goes) {
  const LayerRecipients all = describe_recipients(annotations);
  if (all.omitted > 0) {
    throw Error(ErrorCode::kRefused, "more than " + std::to_string(kMostDescribed) + " recipients",
                "use recipients replace");
  }
  const Going going = going_packets(all.list, goes);
  if (going.empty()) return std::nullopt;
  if (std::ranges::all_of(all.list, goes)) {
    throw Error(ErrorCode::kRefused, "nobody would be left to open it",
                "add another recipient first, or use recipients replace");
  }
  AnnotationEdit edit;
  for (const auto& [name, packets] : going) {
    const std::string left =
        has_described_packets(name) ? without_packets(annotations.at(name), packets) : std::string();
    if (left.empty()) {
      edit.removed.insert(name);
    } else {
      edit.set[name] = left;
    }
  }
  return edit;
}

}  // namespace imgcrypt
