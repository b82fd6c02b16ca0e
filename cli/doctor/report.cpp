#include "cli/doctor/report.hpp"

#include "cli/terminal/text_layout.hpp"

#include <algorithm>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kIndent = 7;
constexpr unsigned kMostColumns = 100;  // wider lines are hard to read

std::string word(Severity severity) {
  switch (severity) {
    case Severity::kFine:
      return "ok";
    case Severity::kNote:
      return "note";
    case Severity::kFault:
      return "FAULT";
  }
  return {};
}

Tint tint_of(Severity severity) {
  switch (severity) {
    case Severity::kFine:
      return Tint::kGreen;
    case Severity::kNote:
      return Tint::kCyan;
    case Severity::kFault:
      return Tint::kRed;
  }
  return Tint::kBold;
}

// On a terminal of no known width, and in a file, each text is one line.
class Writer {
 public:
  Writer() : style_(Style::of(STDOUT_FILENO)) {
    const unsigned columns = terminal_size(STDOUT_FILENO).columns;
    columns_ = std::min(columns, kMostColumns);
  }

  void add(const Finding& finding) {
    const std::string name = word(finding.severity);
    lines_.add_line(style_.paint(tint_of(finding.severity), name) + std::string(kIndent - name.size(), ' ') +
                    broken(finding.about + ": " + finding.what));
    if (!finding.why.empty()) lines_.add_line(std::string(kIndent, ' ') + broken("why: " + finding.why));
    // Never broken: a command is copied from the terminal, which wraps the line.
    if (!finding.cure.empty()) lines_.add_line(std::string(kIndent, ' ') + "cure: " + finding.cure);
  }

  [[nodiscard]] const Text& lines() const noexcept { return lines_; }

 private:
  // The text is made harmless before it is measured: what is shown has its width.
  [[nodiscard]] Text broken(const std::string& text) const {
    const std::string shown = visible(text);
    return Text::of_lines(columns_ == 0 ? shown : break_lines(shown, columns_, kIndent, kIndent));
  }

  Style style_;
  unsigned columns_ = 0;
  Text lines_;
};

JsonObject json_of(const Findings& findings, std::size_t faults) {
  JsonArray all;
  for (const Finding& finding : findings)
    all.add(JsonObject()
                .add("severity", finding.severity == Severity::kFault ? "fault" : word(finding.severity))
                .add("about", finding.about)
                .add("what", finding.what)
                .add_text_or_null("why", finding.why)
                .add_text_or_null("cure", finding.cure));
  JsonObject result;
  result.add("faults", faults).add("findings", all);
  return result;
}

}  // namespace

void report(const Findings& findings, Output& output) {
  Writer writer;
  for (const Finding& finding : findings) writer.add(finding);
  output.print_text(writer.lines());
  const auto faults =
      static_cast<std::size_t>(std::ranges::count(findings, Severity::kFault, &Finding::severity));
  if (faults == 0) return output.print_json(json_of(findings, faults));
  output.keep_for_error(json_of(findings, faults));
  throw Error(ErrorCode::kOther,
              faults == 1 ? "1 fault was found" : std::to_string(faults) + " faults were found",
              "each comes with its cure; run doctor again afterwards");
}

}  // namespace imgcrypt::cli
