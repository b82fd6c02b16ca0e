#include "cli/inspect/tree.hpp"

#include "base/bytes.hpp"
#include "cli/inspect/names.hpp"
#include "cli/terminal/text_layout.hpp"
#include "cli/terminal/units.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <map>

namespace imgcrypt::cli {
namespace {

constexpr std::string_view kGap = "  ";

// "0,2-5"
std::string ranges_text(const std::vector<std::size_t>& ascending) {
  std::string text;
  for (std::size_t i = 0; i < ascending.size();) {
    std::size_t last = i;
    while (last + 1 < ascending.size() && ascending[last + 1] == ascending[last] + 1) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(ascending[i]);
    if (last != i) text += "-" + std::to_string(ascending[last]);
    i = last + 1;
  }
  return text;
}

std::string recipients_text(const LayerReport& layer) {
  std::vector<std::size_t> numbers = layer.recipients;
  std::ranges::sort(numbers);
  // A recipient with several packets in a layer is one number.
  numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
  const std::string more = layer.omitted == 0 ? "" : " and " + std::to_string(layer.omitted) + " more";
  return numbers.empty() ? "" : " for [" + ranges_text(numbers) + "]" + more;
}

// A line of the tree, kept until the widths of all columns are known.
struct Line {
  std::string branch;     // as drawn; `depth` levels wide
  std::size_t depth = 0;  // below the root
  std::string name;       // "layer 3"
  std::optional<Digest> digest;
  std::string size;  // this and the following: only of configs and layers
  std::string type;
  std::string state;
  Tint tint = Tint::kDim;  // of the state
};

struct Widths {
  std::size_t name = 0;
  std::size_t digest = 0;
  std::size_t size = 0;
  std::size_t type = 0;
  std::size_t state = 0;

  [[nodiscard]] std::size_t all() const { return name + digest + size + type + state + 4 * kGap.size(); }
};

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

class Tree {
 public:
  explicit Tree(const Look& look) : look_(look) {}

  Text run(const DocumentReport& root) {
    add_document(root, "", "", 0, {});
    const Widths whole = widths(false);
    const bool are_cut = !look_.has_whole_digests && whole.all() > look_.columns;
    const Widths cut = are_cut ? widths(true) : whole;
    Text text;
    for (const Line& line : lines_) (text += drawn(line, cut, are_cut)).end_line();
    return text;
  }

 private:
  struct Boxes {
    const char* child;
    const char* last;
    const char* pass;
  };
  static constexpr std::size_t kLevel = 3;  // columns of a level
  static constexpr const char* kBlank = "   ";

  [[nodiscard]] Boxes boxes() const {
    return look_.has_boxes ? Boxes{"├─ ", "└─ ", "│  "} : Boxes{"|- ", "`- ", "|  "};
  }

  using Names = std::map<std::string, std::string>;

  // `branch` is drawn before the document, `below` before each of its parts.
  void add_document(const DocumentReport& document, const std::string& branch, const std::string& below,
                    std::size_t depth, const Names& siblings) {
    lines_.push_back({.branch = branch,
                      .depth = depth,
                      .name = title(document, siblings),
                      .digest = document.descriptor.digest,
                      .size = {},
                      .type = {},
                      .state = {}});
    if (document.kind == DocumentKind::kOther)
      lines_.back().name += " (" + short_type(document.descriptor.media_type) + ")";
    Names names;
    for (const DocumentReport& part : document.parts)
      names.emplace(part.descriptor.digest.string(), title_of(part));
    const std::size_t rows = document.layers.size() + (document.config ? 1 : 0) + document.parts.size();
    std::size_t row = 0;
    const auto next = [&] {
      const bool is_last = ++row == rows;
      return std::pair{below + (is_last ? boxes().last : boxes().child),
                       below + (is_last ? kBlank : boxes().pass)};
    };
    if (document.config) add_config(*document.config, document.is_config_missing, next().first, depth + 1);
    for (const LayerReport& layer : document.layers) {
      const auto [own, beyond] = next();
      add_layer(layer, own, beyond, depth + 1);
    }
    for (const DocumentReport& part : document.parts) {
      const auto [own, beyond] = next();
      add_document(part, own, beyond, depth + 1, names);
    }
  }

  static std::string title(const DocumentReport& document, const Names& siblings) {
    if (document.kind != DocumentKind::kAttestation) return title_of(document);
    const auto subject = siblings.find(document.about.value_or(""));
    return "attestation of " + (subject == siblings.end() ? "something else" : subject->second);
  }

  void add_config(const Descriptor& config, bool is_missing, const std::string& branch, std::size_t depth) {
    lines_.push_back({.branch = branch,
                      .depth = depth,
                      .name = "config",
                      .digest = config.digest,
                      .size = bytes_text(config.size),
                      .type = is_image_config(config.media_type) ? "" : short_type(config.media_type),
                      .state = is_missing ? "missing" : "plain"});
  }

  void add_layer(const LayerReport& layer, const std::string& branch, const std::string& below,
                 std::size_t depth) {
    lines_.push_back({.branch = branch,
                      .depth = depth,
                      .name = "layer " + std::to_string(layer.position),
                      .digest = layer.descriptor.digest,
                      .size = bytes_text(layer.descriptor.size),
                      .type = short_type(layer.descriptor.media_type),
                      .state = layer.is_encrypted ? "encrypted" + recipients_text(layer) : "plain",
                      .tint = layer.is_encrypted ? Tint::kGreen : Tint::kDim});
    if (layer.problem.empty()) return;
    lines_.push_back({.branch = below,
                      .depth = depth,
                      .name = "! " + shortened(layer.problem, kLongestText),
                      .digest = {},
                      .size = {},
                      .type = {},
                      .state = {},
                      .tint = Tint::kYellow});
  }

  [[nodiscard]] Widths widths(bool are_cut) const {
    Widths widths;
    for (const Line& line : lines_) {
      if (line.size.empty()) continue;
      widths.name = std::max(widths.name, line.depth * kLevel + line.name.size());
      widths.digest = std::max(widths.digest, digest_of(line, are_cut).size());
      widths.size = std::max(widths.size, line.size.size());
      widths.type = std::max(widths.type, line.type.size());
      widths.state = std::max(widths.state, line.state.size());
    }
    return widths;
  }

  static std::string digest_of(const Line& line, bool is_cut) {
    return is_cut ? short_digest(*line.digest) : line.digest->string();
  }

  [[nodiscard]] Text drawn(const Line& line, const Widths& widths, bool are_cut) const {
    const Text branch = look_.style.paint(Tint::kDim, line.branch);
    if (!line.digest) return branch + look_.style.paint(line.tint, line.name);
    const std::string digest = digest_of(line, are_cut);
    if (line.size.empty()) {
      return branch + look_.style.paint(Tint::kBold, line.name) + kGap +
             look_.style.paint(Tint::kDim, digest);
    }
    return branch + padded(line.name, widths.name - line.depth * kLevel) + kGap +
           look_.style.paint(Tint::kDim, padded(digest, widths.digest)) + kGap +
           right_aligned(line.size, widths.size) + kGap + padded(line.type, widths.type) + kGap +
           look_.style.paint(line.tint, line.state);
  }

  const Look& look_;
  std::vector<Line> lines_;
};

}  // namespace

Text tree_text(const ImageReport& report, const Look& look) { return Tree(look).run(report.root); }

}  // namespace imgcrypt::cli
