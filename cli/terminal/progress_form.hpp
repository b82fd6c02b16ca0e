// The forms in which progress appears on stderr: bars, redrawn in place on a terminal; lines, for logs; or
// lines of JSON, for programs. ProgressView decides when they are shown.
#pragma once

#include "image/progress.hpp"

#include <memory>

namespace imgcrypt::cli {

enum class ProgressStyle { kBars, kLines, kJson };

// Writes one form. Not for use by two threads at the same time. Never throws: work goes on if nobody reads
// stderr.
class ProgressForm {
 public:
  virtual ~ProgressForm() = default;
  // Each form shows at its own pace: most calls write nothing. REQUIRES: snapshots of one Progress, in the
  // order in which they were taken.
  virtual void show(const ProgressSnapshot& snapshot) = 0;
  // Removes what is only there for now, so that something else can be written. The next show() brings it
  // back.
  virtual void clear() = 0;
  // Ends after the last show(), saying what was kept back.
  virtual void end() { clear(); }
};

// Never null. Writes nothing yet.
[[nodiscard]] std::unique_ptr<ProgressForm> open_progress_form(ProgressStyle style);

}  // namespace imgcrypt::cli
