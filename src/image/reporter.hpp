// The one object passed down that speaks to the user: cli prints, the public API collects, tests keep.
// Library code says everything else by results and errors. Safe for use by several threads; implementations
// must not throw.
#pragma once

#include "image/progress.hpp"

#include <functional>
#include <string>
#include <vector>

namespace imgcrypt {

// How much a message matters. Nothing that is said here is a failure: failures are thrown.
enum class Importance {
  kDetail,   // for those who ask for more (-v)
  kNote,     // something the user should know, though all is well
  kWarning,  // something the user should act on, though nothing failed
};

// One for a whole command; it must outlive every use case that it is given to.
class Reporter {
 public:
  virtual ~Reporter() = default;
  // `text` is one line without a full stop. It may quote texts of an image: not fit for a terminal as it is.
  virtual void say(Importance importance, const std::string& text) = 0;
  // Of the work as a whole. Valid for as long as the reporter.
  [[nodiscard]] virtual Progress& progress() = 0;

  // The same as say(), each with its importance.
  void detail(const std::string& text) { say(Importance::kDetail, text); }
  void note(const std::string& text) { say(Importance::kNote, text); }
  void warn(const std::string& text) { say(Importance::kWarning, text); }
  // The same thing of many layers, platforms or documents, said once. `items` is the line for each of them: a
  // single one is said as it is; of several their number and `several`, and the lines themselves as details.
  void say_of_all(Importance importance, const std::vector<std::string>& items, const std::string& several) {
    if (items.empty()) return;
    if (items.size() == 1) return say(importance, items.front());
    say(importance, std::to_string(items.size()) + " " + several + " (-v lists them)");
    for (const std::string& item : items) detail(item);
  }
};

// Passes warnings on to a reporter, which must outlive it: for those below that know no Reporter.
[[nodiscard]] inline std::function<void(const std::string&)> warn_through(Reporter& reporter) {
  return [&reporter](const std::string& text) { reporter.warn(text); };
}

}  // namespace imgcrypt
