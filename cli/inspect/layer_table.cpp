#include "cli/inspect/layer_table.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kColumnGap = 3;  // columns before each cell

using Row = std::array<std::string, 6>;

std::string join(const std::set<std::string>& items, std::string_view comma) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : std::string(comma)) + item;
  return text;
}

// A mail address, or the id of the key without leading zeros.
std::string pgp_name(const PacketRecipient& recipient) {
  const std::size_t mail = recipient.owner.rfind('<');
  if (mail != std::string::npos && recipient.owner.ends_with('>'))
    return recipient.owner.substr(mail + 1, recipient.owner.size() - mail - 2);
  std::string digits = recipient.fingerprint.substr(
      std::min(recipient.fingerprint.find_first_not_of('0'), recipient.fingerprint.size()));
  std::ranges::transform(digits, digits.begin(), [](unsigned char c) { return std::tolower(c); });
  return "0x" + (digits.empty() ? "0" : digits);
}

// In the words of ctr-enc, which names a scheme by the last part of its annotation and lists no recipients
// for key providers.
Row row_of(const LayerReport& layer, const std::string& platform,
           const std::vector<LayerRecipient>& recipients) {
  std::set<std::string> schemes;
  std::set<std::string> names;
  for (const std::size_t place : layer.recipients) {
    const PacketRecipient& recipient = recipients[place].recipient;
    std::string scheme = visible(shortened(recipient.scheme, 100), Characters::kAscii);
    if (const std::size_t colon = scheme.find(':'); colon != std::string::npos) {
      schemes.insert(scheme.replace(colon, 1, "."));
    } else {
      schemes.insert(scheme);
      names.insert(scheme == "pgp" ? pgp_name(recipient) : "[" + scheme + "]");
    }
  }
  return {std::to_string(layer.position),
          layer.descriptor.digest.string(),
          platform,
          std::to_string(layer.descriptor.size),
          join(schemes, ","),
          join(names, ", ")};
}

void add_rows(const DocumentReport& document, const std::vector<LayerRecipient>& recipients,
              std::vector<Row>& rows) {
  const std::string platform =
      document.platform ? visible(document.platform->string(), Characters::kAscii) : "unknown";
  for (const LayerReport& layer : document.layers) rows.push_back(row_of(layer, platform, recipients));
  for (const DocumentReport& part : document.parts) add_rows(part, recipients, rows);
}

}  // namespace

Text layer_table(const ImageReport& report) {
  std::vector<Row> rows = {{"#", "DIGEST", "PLATFORM", "SIZE", "ENCRYPTION", "RECIPIENTS"}};
  add_rows(report.root, report.recipients, rows);
  std::array<std::size_t, 6> widths = {};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths.at(i) = std::max(widths.at(i), row.at(i).size());
  }
  Text text;
  for (const Row& row : rows) {
    if (!text.empty()) text.end_line();
    for (std::size_t i = 0; i < row.size(); ++i)
      text += std::string(kColumnGap + widths.at(i) - row.at(i).size(), ' ') + row.at(i);
  }
  return text;
}

}  // namespace imgcrypt::cli
