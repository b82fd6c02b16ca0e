// For use cases that are only a step of something else: what they say concerns nobody.
#pragma once

#include "image/reporter.hpp"

namespace imgcrypt::cli {

class SilentReporter final : public Reporter {
 public:
  void say(Importance /*importance*/, const std::string& /*text*/) override {}
  [[nodiscard]] Progress& progress() override { return progress_; }

 private:
  Progress progress_;
};

}  // namespace imgcrypt::cli
