// What the command line says: the result on stdout, as text or as one JSON object, and everything else on
// stderr. Main has one for the whole program; commands print their result through it and pass it down as the
// Reporter. say(), trace() and progress() are safe for use by several threads; the rest is for the main
// thread.
#pragma once

#include "base/bytes.hpp"
#include "cli/json/json_object.hpp"
#include "cli/terminal/progress_view.hpp"
#include "cli/terminal/style.hpp"
#include "cli/terminal/text.hpp"
#include "image/reporter.hpp"

#include <imgcrypt/error.hpp>

#include <CLI/CLI.hpp>

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace imgcrypt::cli {

// Writes to stdout; throws kOther, naming what stdout is, if that fails.
void write_stdout(const std::string& text);

// Whether arguments that the parser refused, or has not finished with, ask for JSON.
[[nodiscard]] bool ask_for_json(std::span<const std::string> arguments);

class Output final : public Reporter {
 public:
  // The options that every command takes, before its name or after it.
  void add_to(CLI::App& app);

  // Writes a line to stderr if the log level asks for it. Notes and warnings also go into the JSON result,
  // whatever the level.
  void say(Importance importance, const std::string& text) override;
  // Writes a line to stderr at every level: for what was asked for by an option of its own.
  void trace(const std::string& text);
  // Shown on stderr from the first call on, in the form that --progress asks for. Valid as long as this
  // object.
  [[nodiscard]] Progress& progress() override;

  [[nodiscard]] bool is_json() const noexcept { return is_json_; }

  // The following write to stdout and throw kOther if that fails.
  // Lines of the result, the last without its newline; nothing with -o json.
  void print_text(const Text& lines);
  // A text that is the result itself, byte for byte and with nothing added; on a terminal as Text::of_lines.
  // Throws kUsage with -o json, which has no place for it.
  void print_document(ByteView document);
  // With -o json the result, with the notes and warnings added; without it nothing. Call once, at the end.
  void print_json(JsonObject result);
  // Both: one of them writes.
  void print_result(const Text& lines, JsonObject result);
  // What a command that is about to fail knows already: fail() adds the error to it.
  void keep_for_error(JsonObject result) { partial_result_ = std::move(result); }

  // For the end of the program: ends progress and, with -vv, prints how long each stage took.
  void finish();
  // Prints the error and its hint. Returns the exit status: 128 and the signal's number after kCancelled,
  // else the value of the ErrorCode. Throws nothing, even if nobody reads stdout or stderr.
  int fail(const Error& error);
  // The same after a parse error: `-o json` may not have been parsed, so it is looked for in the arguments.
  int fail_usage(const Error& error, std::span<const std::string> arguments);

 private:
  // Ordered: each level also prints what those before it print. The values are those of --log-level.
  enum class Level { kError, kWarning, kNote, kDetail, kStages };

  [[nodiscard]] Level level() const noexcept;
  // nullopt: no progress is shown. `auto` is silent with -q; a form that was asked for by name is not.
  [[nodiscard]] std::optional<ProgressStyle> progress_style() const;
  void write_stdout(const std::string& text);
  void print_line(const std::string& word, Tint tint, const std::string& text);

  bool is_json_ = false;
  bool is_quiet_ = false;
  int verbosity_ = 0;
  std::string log_level_;  // empty: not given; then -q and -v decide
  std::string progress_name_ = "auto";
  std::mutex mutex_;  // of the notes and warnings, and of the order of lines
  std::vector<std::string> notes_;
  std::vector<std::string> warnings_;
  JsonObject partial_result_;
  // In this order: the view's thread reads the progress until it is destroyed.
  Progress progress_;
  ProgressView view_{progress_};
};

}  // namespace imgcrypt::cli
