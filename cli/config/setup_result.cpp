#include "cli/config/setup_result.hpp"

#include <algorithm>

namespace imgcrypt::cli {
namespace {

std::string change_of(const FileEdit& edit) {
  if (!edit.before) return "written";
  return edit.after ? "changed" : "removed";
}

}  // namespace

void print_snippet(const SetupSubject& subject, const std::string& file, const std::string& text,
                   Output& output) {
  if (!output.is_json()) output.print_document(as_bytes(text));
  output.print_json(JsonObject()
                        .add("daemon", subject.daemon)
                        .add("file", file)
                        .add("text", text)
                        .add("restart", subject.restart));
}

void carry_out_edits(const SetupSubject& subject, const FileEdits& edits, const std::string& below,
                     Output& output) {
  apply(edits, below);
  JsonArray files;
  Text lines;
  for (const FileEdit& edit : edits) {
    if (!edit.changes()) continue;
    lines.add_line(change_of(edit) + " " + below + edit.path);
    files.add(JsonObject().add("file", below + edit.path).add("change", change_of(edit)));
  }
  JsonObject result;
  result.add("daemon", subject.daemon).add("files", files);
  if (lines.empty()) {
    output.note("nothing to do: all files are as they should be");
    result.add_null("restart");
  } else {
    output.note("takes effect after: " + subject.restart);
    output.print_text(lines);
    result.add("restart", subject.restart);
  }
  output.print_json(std::move(result));
}

}  // namespace imgcrypt::cli
