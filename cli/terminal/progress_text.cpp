#include "cli/terminal/progress_text.hpp"

#include "base/bytes.hpp"
#include "cli/terminal/text_layout.hpp"
#include "cli/terminal/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <ranges>

namespace imgcrypt::cli {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::uint64_t kSmallBlob = std::uint64_t{1} << 20U;  // a smaller one has no line once it is done
constexpr std::size_t kNarrowest = 20;                         // columns; a smaller width is taken for wrong
constexpr std::size_t kNarrowestPlace = 12;                    // columns
constexpr std::size_t kWidestPlace = 48;                       // columns
constexpr std::size_t kNarrowestBar = 10;                      // columns, without its ends
constexpr std::size_t kNumbers = 42;                           // columns of percent, bytes, rate and time
constexpr Seconds kWorthTelling{0.05};

// What a line of the bars shows.
struct Row {
  std::string name;
  std::uint64_t done = 0;
  std::uint64_t size = 0;
  double rate = 0;  // bytes a second
  bool is_moving = false;
};

double rate_of(std::uint64_t bytes, Seconds time) {
  return time.count() > 0 ? static_cast<double>(bytes) / time.count() : 0;
}

// Rounded down: 100 means that nothing is left. An empty blob is whole from the start.
unsigned percent(std::uint64_t done, std::uint64_t size) {
  if (size == 0) return 100;
  return static_cast<unsigned>(std::floor(100.0 * static_cast<double>(done) / static_cast<double>(size)));
}

// Rounded up: while something is left it never says 0:00.
std::string left_text(std::uint64_t left, double rate) {
  return rate >= 1 ? time_text(Seconds(std::ceil(static_cast<double>(left) / rate))) : std::string();
}

// Empty at the beginning, when the rate would promise hours.
std::string left_text_of(const Row& row) {
  constexpr std::uint64_t kParts = 50;
  return row.done >= row.size / kParts ? left_text(row.size - row.done, row.rate) : std::string();
}

std::string left_aligned(std::string text, std::size_t width) {
  if (text.size() > width) text.replace(width - 1, std::string::npos, "~");
  return text + std::string(width - text.size(), ' ');
}

std::string bar(std::uint64_t done, std::uint64_t size, std::size_t width) {
  const double part = size == 0 ? 1 : static_cast<double>(done) / static_cast<double>(size);
  const auto full = static_cast<std::size_t>(part * static_cast<double>(width));
  std::string inside(full, '=');
  if (full < width) inside += '>';
  inside.resize(width, ' ');
  return "[" + inside + "]";
}

// Columns for the name: up to a third of the width beside a bar; without a bar, what the numbers leave.
std::size_t fit_place(std::size_t longest, std::size_t width) {
  const std::size_t beside_bar = std::min(longest, width * 3 / 10);
  if (beside_bar + 3 + kNarrowestBar + kNumbers <= width) return beside_bar;
  return std::min(longest, width - std::min(width - kNarrowestPlace, kNumbers));
}

// Leaves out numbers, from the right, until the rest fits.
std::string draw_row(const Row& row, std::size_t place_width, std::size_t width) {
  std::string numbers = " " + right_aligned(std::to_string(percent(row.done, row.size)), 3) + "%";
  const std::array columns = {" " + right_aligned(fraction_text(row.done, row.size, "/"), 17),
                              " " + right_aligned(rate_text(row.rate), 12),
                              " " + right_aligned(row.is_moving ? left_text_of(row) : "done", 5)};
  for (const std::string& column : columns) {
    if (place_width + numbers.size() + column.size() > width) break;  // not continue: columns stay in line
    numbers += column;
  }
  const std::size_t rest = width - std::min(width, place_width + numbers.size());
  const std::string drawn = rest >= kNarrowestBar + 3 ? " " + bar(row.done, row.size, rest - 3) : "";
  return (left_aligned(row.name, place_width) + drawn + numbers).substr(0, width);
}

Row row_of(const BlobProgress& blob) {
  const bool is_done = blob.state == BlobState::kDone;
  // A blob that was there already is done without a byte moved; one that moves cannot pass its own end.
  return {visible(blob.place, Characters::kAscii), is_done ? blob.size : std::min(blob.moved, blob.size),
          blob.size, rate_of(blob.moved, blob.ended - blob.began), !is_done};
}

std::vector<const BlobProgress*> shown_blobs(const ProgressSnapshot& snapshot) {
  std::vector<const BlobProgress*> shown;
  for (const BlobProgress& blob : snapshot.blobs) {
    if (blob.state == BlobState::kMoving || blob.size >= kSmallBlob) shown.push_back(&blob);
  }
  return shown;
}

// Removes the blobs that do not fit from `shown`: first finished ones, the oldest first.
Row sum_up_rest(std::vector<const BlobProgress*>& shown, std::size_t room) {
  std::vector<const BlobProgress*> left_out;
  const auto leave_out = [&](auto is_to_go) {
    std::erase_if(shown, [&](const BlobProgress* blob) {
      const bool goes = shown.size() - left_out.size() > room && is_to_go(*blob);
      if (goes) left_out.push_back(blob);
      return goes;
    });
  };
  leave_out([](const BlobProgress& blob) { return blob.state != BlobState::kMoving; });
  const std::size_t done = left_out.size();
  if (shown.size() > room) {
    left_out.insert(left_out.end(), shown.begin() + static_cast<std::ptrdiff_t>(room), shown.end());
    shown.resize(room);
  }
  Row sum;
  for (const BlobProgress* blob : left_out) {
    const Row row = row_of(*blob);
    sum.done += row.done;
    sum.size += row.size;
    // What is done has a rate of its past, which says nothing of what is coming.
    if (row.is_moving) sum.rate += row.rate;
  }
  sum.name = "and " + std::to_string(left_out.size()) + (shown.empty() ? "" : " more");
  sum.is_moving = left_out.size() > done;
  return sum;
}

Row total_row(const ProgressSnapshot& snapshot) {
  const ProgressTotal total = total_of(snapshot);
  // More than was planned can be done: a blob that is tried again counts anew.
  const std::uint64_t size = std::max(snapshot.planned_bytes, total.bytes_done);
  return {"total: " + std::to_string(total.blobs_done) + " of " + std::to_string(snapshot.planned_blobs),
          total.bytes_done, size, rate_of(total.bytes_moved, total.time), true};
}

}  // namespace

ProgressTotal total_of(const ProgressSnapshot& snapshot) {
  ProgressTotal total;
  for (const BlobProgress& blob : snapshot.blobs) {
    const bool is_done = blob.state == BlobState::kDone;
    total.blobs_done += is_done ? 1 : 0;
    total.bytes_done += is_done ? blob.size : std::min(blob.moved, blob.size);
    total.bytes_moved += blob.moved;
  }
  // Wall time since the first began, not the sum of all: they move side by side.
  if (!snapshot.blobs.empty()) total.time = snapshot.taken - snapshot.blobs.front().began;
  return total;
}

bool was_there(const BlobProgress& blob) {
  return blob.state == BlobState::kDone && blob.moved == 0 && blob.size > 0;
}

std::string status_text(const BlobProgress& blob) {
  const Seconds time = blob.ended - blob.began;
  const double rate = rate_of(blob.moved, time);
  if (blob.state == BlobState::kDone) {
    // Of a small one the rate only tells how far away the other side is.
    if (time < kWorthTelling || blob.size < kSmallBlob) return bytes_text(blob.size);
    return bytes_text(blob.size) + " in " + decimal(time.count()) + " s, " + rate_text(rate);
  }
  std::string text =
      std::to_string(percent(blob.moved, blob.size)) + " %, " + fraction_text(blob.moved, blob.size, " of ");
  if (rate < 1) return text;  // e.g. it waits for its key
  return text + ", " + rate_text(rate) + ", " + left_text(blob.size - std::min(blob.moved, blob.size), rate) +
         " left";
}

std::vector<std::string> draw_bars(const ProgressSnapshot& snapshot, const TerminalSize& size) {
  // A line that fills the last column makes some terminals wrap at once; the bottom row is for the cursor.
  const std::size_t width = std::max<std::size_t>(size.columns, kNarrowest) - 1;
  const std::size_t height = std::max<std::size_t>(size.rows, 3) - 1;
  std::vector<const BlobProgress*> shown = shown_blobs(snapshot);
  std::vector<Row> rows;
  if (shown.size() + 1 > height) {
    const Row rest = sum_up_rest(shown, height - 2);  // room for the sum and the total
    for (const BlobProgress* blob : shown) rows.push_back(row_of(*blob));
    rows.push_back(rest);
  } else {
    for (const BlobProgress* blob : shown) rows.push_back(row_of(*blob));
  }
  rows.push_back(total_row(snapshot));
  const std::size_t longest =
      std::ranges::max(rows | std::views::transform([](const Row& row) { return row.name.size(); }));
  const std::size_t place_width = fit_place(std::min(longest, kWidestPlace), width);
  std::vector<std::string> lines;
  lines.reserve(rows.size());
  for (const Row& row : rows) lines.push_back(draw_row(row, place_width, width));
  return lines;
}

}  // namespace imgcrypt::cli
