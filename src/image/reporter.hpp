// The one thing passed down that speaks to the user. Safe for use by several threads.
#pragma once

#include "image/progress.hpp"

#include <string>

namespace imgcrypt {

enum class Importance {
  kDetail,   // for who asks for more
  kNote,     // something the user should know, though all is well
  kWarning,  // something the user should do something about, though nothing failed
};

class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void say(Importance importance, const std::string& text) = 0;
  // Of the work as a whole; lives as long as the reporter.
  [[nodiscard]] virtual Progress& progress() = 0;

  void detail(const std::string& text) { say(Importance::kDetail, text); }
  void note(const std::string& text) { say(Importance::kNote, text); }
  void warn(const std::string& text) { say(Importance::kWarning, text); }
};

}  // namespace imgcrypt
