// The one thing passed down that speaks to the user. Safe for use by several threads.
#pragma once

#include <string>

namespace imgcrypt {

class Reporter {
 public:
  virtual ~Reporter() = default;
  // Something the user should know, though nothing failed.
  virtual void note(const std::string& text) = 0;
};

}  // namespace imgcrypt
