// A reporter that keeps what it is told, for tests to look at.
#pragma once

#include "image/reporter.hpp"

#include <mutex>

namespace imgcrypt::test {

class KeepingReporter final : public Reporter {
 public:
  void say(Importance importance, const std::string& text) override {
    const std::scoped_lock lock(mutex_);
    said += text + "\n";
    if (importance == Importance::kNote) notes.push_back(text);
  }
  [[nodiscard]] Progress& progress() override { return progress_; }

  std::string said;                // everything, one a line
  std::vector<std::string> notes;  // only these

 private:
  std::mutex mutex_;
  Progress progress_;
};

}  // namespace imgcrypt::test
