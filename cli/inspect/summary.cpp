#include "cli/inspect/summary.hpp"

#include "base/bytes.hpp"
#include "cli/terminal/text_layout.hpp"
#include "cli/terminal/units.hpp"

#include <algorithm>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kMostRecipients = 64;  // listed; a hostile image may name thousands

Text list_text(const ImageReport& report, const Look& look) {
  if (report.recipients.empty()) return {};
  Text text;
  (text.end_line() += look.style.paint(Tint::kBold, "Recipients")).end_line();
  const std::size_t shown = std::min(report.recipients.size(), kMostRecipients);
  const std::size_t digits = std::to_string(shown - 1).size() + 2;
  for (std::size_t i = 0; i < shown; ++i) {
    const PacketRecipient& recipient = report.recipients[i].recipient;
    const std::string number = "[" + std::to_string(i) + "]";
    const std::string start = std::string(2 + digits - number.size(), ' ') + number + "  ";
    const Text line = shortened(recipient.text, kLongestText);
    (text += start + (recipient.problem.empty() ? line : look.style.paint(Tint::kYellow, line))).end_line();
  }
  if (report.recipients.size() > shown)
    (text += "  and " + std::to_string(report.recipients.size() - shown) + " more").end_line();
  return text;
}

struct Count {
  std::size_t configs = 0;  // of images
  std::size_t attestations = 0;
  std::size_t missing = 0;
  std::size_t others = 0;  // blobs that are neither layers of images nor statements of attestations
  bool has_problem = false;
};

void count(const DocumentReport& document, Count& counted) {
  if (document.kind == DocumentKind::kImage && !document.is_config_missing) ++counted.configs;
  if (document.is_config_missing) ++counted.missing;
  if (document.kind == DocumentKind::kAttestation) ++counted.attestations;
  if (document.kind == DocumentKind::kMissing) ++counted.missing;
  for (const LayerReport& layer : document.layers) {
    counted.has_problem = counted.has_problem || !layer.problem.empty();
    if (!layer.is_image_layer && document.kind != DocumentKind::kAttestation) ++counted.others;
  }
  for (const DocumentReport& part : document.parts) count(part, counted);
}

std::string number_of(std::size_t number, const std::string& noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

std::string join(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i)
    text += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  return text;
}

std::string what_is_readable(const LayerTotals& totals, const Count& counted) {
  std::vector<std::string> items;
  if (counted.configs > 0)
    items.push_back(std::string(counted.configs == 1 ? "the config" : "the configs") +
                    " (command, environment, labels, history)");
  if (totals.layers > totals.encrypted) items.push_back(number_of(totals.layers - totals.encrypted, "layer"));
  if (counted.attestations > 0) items.push_back(number_of(counted.attestations, "attestation"));
  if (counted.others > 0) items.push_back(number_of(counted.others, "other blob"));
  items.emplace_back("all annotations, types and sizes");
  return "Everyone can read " + join(items) + ".";
}

std::string layers_line(const LayerTotals& totals) {
  if (totals.layers == 0) return "It has no image layers.";
  const std::string start =
      totals.encrypted == 0 ? "Not encrypted: " : "Encrypted: " + std::to_string(totals.encrypted) + " of ";
  return start + number_of(totals.layers, "layer") + ", " + bytes_text(totals.bytes) + ".";
}

Text summary_lines(const ImageReport& report, const Look& look) {
  Count counted;
  count(report.root, counted);
  std::vector<std::string> lines = {layers_line(report.totals), what_is_readable(report.totals, counted)};
  if (counted.missing > 0)
    lines.push_back(number_of(counted.missing, "listed document") + (counted.missing == 1 ? " is" : " are") +
                    " missing.");
  if (counted.has_problem) {
    lines.emplace_back(
        "Layers marked ! cannot be decrypted: a build tool dropped or moved their annotations. Fetch the "
        "image again from where it was encrypted.");
  }
  Text text;
  for (const std::string& line : lines)
    text.end_line() += Text::of_lines(break_lines(line, look.columns, 0, 2));
  return text;
}

}  // namespace

Text summary_text(const ImageReport& report, const Look& look) {
  return list_text(report, look) + summary_lines(report, look);
}

}  // namespace imgcrypt::cli
