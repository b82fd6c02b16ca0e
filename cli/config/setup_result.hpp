// What the commands below `imgcrypt config` print. For the main thread.
#pragma once

#include "cli/terminal/output.hpp"
#include "node/daemons/file_edit.hpp"

#include <optional>
#include <string>

namespace imgcrypt::cli {

// What is configured, for messages and for JSON.
struct SetupSubject {
  std::string daemon;   // "containerd"
  std::string restart;  // the command that makes it read its configuration: "systemctl restart containerd"
};

// Prints a text that the user may write to `file` himself; with -o json the same as an object.
void print_snippet(const SetupSubject& subject, const std::string& file, const std::string& text,
                   Output& output);

// Applies the edits below that directory, and prints what was changed. Throws as apply().
void carry_out_edits(const SetupSubject& subject, const FileEdits& edits, const std::string& below,
                     Output& output);

}  // namespace imgcrypt::cli
