// Shows progress on stderr while work goes on. A thread of its own looks ten times a second. Owned by Output;
// safe for use by several threads.
#pragma once

#include "cli/terminal/progress_form.hpp"
#include "cli/terminal/text.hpp"
#include "image/progress.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace imgcrypt::cli {

class ProgressView {
 public:
  // `progress` must outlive the view.
  explicit ProgressView(const Progress& progress) : progress_(progress) {}
  ProgressView(const ProgressView&) = delete;
  ProgressView& operator=(const ProgressView&) = delete;
  ~ProgressView() { stop(); }

  // Does nothing if it is running already. Shows nothing if the system has no thread left for it.
  void start(ProgressStyle style);
  // Writes to stderr between what is shown there; the text stays. Ignores a failure: work goes on if nobody
  // reads stderr.
  void write(const Text& text);
  // Shows the last state, removes bars, and ends the thread. Does nothing if it never started. start() may
  // follow. Unlike the others, not for two threads at the same time.
  void stop();

 private:
  void run();

  const Progress& progress_;
  std::mutex mutex_;  // held while stderr is written, so that a line never lands between bars
  std::condition_variable stopping_;
  bool is_stopping_ = false;
  std::unique_ptr<ProgressForm> form_;  // null: nothing is shown now
  std::thread thread_;
};

}  // namespace imgcrypt::cli
