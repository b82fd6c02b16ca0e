// What was found out about a node, for `imgcrypt doctor`: values, which the command prints. Safe for use by
// several threads.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace imgcrypt {

enum class Severity {
  kFine,   // how it is, and right
  kNote,   // not wrong, or not known: worth reading
  kFault,  // something to mend: encrypted images do not run, or are not safe
};

// Texts are one line without a full stop. They may quote file names and programs' words: not fit for a
// terminal as they are.
struct Finding {
  Severity severity = Severity::kFine;
  std::string about;      // what was examined: "containerd (process 71)"
  std::string what = {};  // "there is no decoder in its PATH"
  std::string why = {};   // why it matters; empty: it is fine, or `what` says it
  std::string cure = {};  // the command that mends it, or what to do; empty: nothing is to be done
};

using Findings = std::vector<Finding>;

// Appends them, in their order.
inline void append(Findings& findings, Findings more) {
  for (Finding& finding : more) findings.push_back(std::move(finding));
}

}  // namespace imgcrypt
