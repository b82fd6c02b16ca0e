#include "cli/terminal/progress_form.hpp"

#include "base/bytes.hpp"
#include "base/process/fd.hpp"
#include "cli/json/json_object.hpp"
#include "cli/terminal/progress_text.hpp"
#include "cli/terminal/text.hpp"
#include "cli/terminal/units.hpp"

#include <unistd.h>

#include <algorithm>

namespace imgcrypt::cli {
namespace {

using Clock = ProgressClock;

// Shorter work shows no bars, which would only flicker.
constexpr std::chrono::milliseconds kBeforeBars{300};
// Lines stay in a log; JSON is drawn by a program, which wants to look alive.
constexpr std::chrono::seconds kBetweenLines{5};
constexpr std::chrono::milliseconds kBetweenJson{500};

void write_stderr(const std::string& text) {
  try {
    write_all(STDERR_FILENO, as_bytes(text), "stderr");
  } catch (const Error&) {
    // Work goes on if nobody reads stderr.
  }
}

class Bars final : public ProgressForm {
 public:
  void show(const ProgressSnapshot& snapshot) override {
    // Not kept: the window may have been resized since the last look.
    const TerminalSize size = terminal_size(STDERR_FILENO);
    const bool is_ours = ::tcgetpgrp(STDERR_FILENO) == ::getpgrp();  // else a shell may be writing there
    if (!is_ours || snapshot.blobs.empty() || snapshot.taken - snapshot.blobs.front().began < kBeforeBars)
      return;
    const std::vector<std::string> lines = draw_bars(snapshot, size);
    // Drawn over the old lines, since erasing them first flickers: each line erases what a longer one left at
    // its end (EL of ECMA-48), and the last what is below (ED).
    std::string text = up(rows_drawn(size.columns));
    for (const std::string& line : lines) text += line + "\033[K\n";
    write_stderr(text + "\033[J");
    drawn_.clear();
    for (const std::string& line : lines) drawn_.push_back(line.size());
  }

  void clear() override {
    const std::size_t rows = rows_drawn(terminal_size(STDERR_FILENO).columns);
    if (rows == 0) return;
    // Line by line: some terminals save a screen that is erased as a whole to their history.
    std::string text = up(rows);
    for (std::size_t i = 0; i < rows; ++i) text += "\033[K\n";
    write_stderr(text + up(rows));
    drawn_.clear();
  }

 private:
  // If the terminal has become narrower, it has wrapped the lines that are there.
  [[nodiscard]] std::size_t rows_drawn(unsigned columns) const {
    std::size_t rows = 0;
    for (const std::size_t width : drawn_)
      rows += columns == 0 || width == 0 ? 1 : (width + columns - 1) / columns;
    return rows;
  }
  static std::string up(std::size_t rows) { return rows == 0 ? "" : "\r\033[" + std::to_string(rows) + "A"; }

  std::vector<std::size_t> drawn_;  // width of each line that is there
};

// Decides which blobs to report: each once when it is done, and every so often while it moves.
class Schedule {
 public:
  explicit Schedule(Clock::duration between) : between_(between) {}

  template <typename Say>
  void visit(const ProgressSnapshot& snapshot, Say say) {
    // Blobs are only ever added at the end, so places stay.
    next_.resize(snapshot.blobs.size());
    for (std::size_t i = 0; i < snapshot.blobs.size(); ++i) {
      const BlobProgress& blob = snapshot.blobs[i];
      if (next_[i] == kNever) continue;
      // Counted from its own beginning, so that short blobs are told once, when they are done.
      if (next_[i] == Clock::time_point()) next_[i] = blob.began + between_;
      if (blob.state == BlobState::kMoving && snapshot.taken < next_[i]) continue;
      say(blob);
      next_[i] = blob.state == BlobState::kMoving ? snapshot.taken + between_ : kNever;
    }
  }

 private:
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  Clock::duration between_;
  std::vector<Clock::time_point> next_;
};

class Lines final : public ProgressForm {
 public:
  void show(const ProgressSnapshot& snapshot) override {
    std::string text;
    schedule_.visit(snapshot, [&](const BlobProgress& blob) {
      // One that was stopped is not news: the error that follows says why, or it is begun again.
      if (was_there(blob)) {
        ++there_;
        bytes_there_ += blob.size;
      } else if (blob.state != BlobState::kStopped) {
        text += "imgcrypt: " + visible(blob.place, Characters::kAscii) + ": " + status_text(blob) + "\n";
      }
    });
    if (!text.empty()) write_stderr(text);
  }
  void clear() override {}
  // In one line, however many: nothing was done about them.
  void end() override {
    if (there_ == 0) return;
    write_stderr("imgcrypt: already there: " + std::to_string(there_) +
                 (there_ == 1 ? " blob, " : " blobs, ") + bytes_text(bytes_there_) + "\n");
  }

 private:
  Schedule schedule_{kBetweenLines};
  std::size_t there_ = 0;  // blobs that did not move
  std::uint64_t bytes_there_ = 0;
};

std::string_view name_of(BlobState state) {
  switch (state) {
    case BlobState::kMoving:
      return "moving";
    case BlobState::kDone:
      return "done";
    case BlobState::kStopped:
      return "stopped";
  }
  return {};
}

class JsonLines final : public ProgressForm {
 public:
  void show(const ProgressSnapshot& snapshot) override {
    std::string text;
    schedule_.visit(snapshot, [&](const BlobProgress& blob) { text += line(blob) + "\n"; });
    if (!text.empty()) write_stderr(text + line(snapshot) + "\n");
  }
  void clear() override {}

 private:
  static std::string line(const BlobProgress& blob) {
    JsonObject json;
    json.add("blob", blob.place).add("state", name_of(blob.state)).add("bytes", blob.size);
    return json.add("bytesMoved", blob.moved).text();
  }

  static std::string line(const ProgressSnapshot& snapshot) {
    const ProgressTotal total = total_of(snapshot);
    JsonObject json;
    json.add("blobs", snapshot.planned_blobs).add("blobsDone", total.blobs_done);
    json.add("bytes", snapshot.planned_bytes).add("bytesDone", total.bytes_done);
    return JsonObject().add("total", json).text();
  }

  Schedule schedule_{kBetweenJson};
};

}  // namespace

std::unique_ptr<ProgressForm> open_progress_form(ProgressStyle style) {
  switch (style) {
    case ProgressStyle::kBars:
      return std::make_unique<Bars>();
    case ProgressStyle::kLines:
      return std::make_unique<Lines>();
    case ProgressStyle::kJson:
      return std::make_unique<JsonLines>();
  }
  return nullptr;
}

}  // namespace imgcrypt::cli
