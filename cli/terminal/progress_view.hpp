// Shows progress on stderr while work goes on: bars on a terminal, lines for logs, or lines of JSON. A thread
// of its own looks ten times a second. Safe for use by several threads.
#pragma once

#include "image/progress.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace imgcrypt::cli {

enum class ProgressStyle { kBars, kLines, kJson };

// How one style shows it. Called by one thread at a time.
class ProgressForm {
 public:
  virtual ~ProgressForm() = default;
  virtual void show(const ProgressSnapshot& snapshot) = 0;
  // Takes away what must not stay, so that something else can be written.
  virtual void clear() = 0;
};

[[nodiscard]] std::unique_ptr<ProgressForm> open_progress_form(ProgressStyle style);

class ProgressView {
 public:
  // `progress` must outlive it.
  explicit ProgressView(const Progress& progress) : progress_(progress) {}
  ProgressView(const ProgressView&) = delete;
  ProgressView& operator=(const ProgressView&) = delete;
  ~ProgressView() { stop(); }

  // Does nothing when it was started already. Shows nothing where the system has no thread for it.
  void start(ProgressStyle style);
  // Writes to stderr while nothing is shown there.
  void write(const std::string& text);
  // Shows the end and clears up; does nothing when it was never started.
  void stop();

 private:
  void run();

  const Progress& progress_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool is_stopping_ = false;
  std::unique_ptr<ProgressForm> form_;
  std::thread thread_;
};

}  // namespace imgcrypt::cli
