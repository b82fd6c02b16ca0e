// What the command line says: the result on stdout, as text or as one JSON object, and everything else on
// stderr. One for the whole program; the commands print through it and hand it down as their Reporter.
#pragma once

#include "cli/terminal/json_text.hpp"
#include "cli/terminal/progress_view.hpp"
#include "cli/terminal/style.hpp"
#include "image/reporter.hpp"

#include <imgcrypt/error.hpp>

#include <CLI/CLI.hpp>

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::cli {

class Output final : public Reporter {
 public:
  // The options that every command has, before its name or after it. Call before commands are added.
  void add_to(CLI::App& app);

  void say(Importance importance, const std::string& text) override;
  [[nodiscard]] Progress& progress() override;  // shown from the first call on

  [[nodiscard]] bool is_json() const noexcept { return is_json_; }
  // Of text on stdout. Bytes from outside go through printable() before they are painted.
  [[nodiscard]] Style style() const;

  // Lines of the result, whose last has no newline; nothing with -o json.
  void print_text(const std::string& lines);
  // The result with -o json, with the notes and warnings added to it; nothing without. Call once, at the end.
  void print_json(JsonObject result);
  void print_result(const std::string& lines, JsonObject result);
  // What is known of the result of a command that is about to fail; the error is added to it.
  void keep_for_error(JsonObject result) { partial_result_ = std::move(result); }

  // Ends the work: takes progress away and, with -vv, says how long each stage took. For the end of the
  // program.
  void finish();
  // Says what went wrong; returns the exit status.
  int fail(const Error& error);
  // The same for arguments that could not be parsed, so that -o json may not have been seen.
  int fail_usage(const Error& error, int argc, char** argv);

 private:
  enum class Level { kError, kWarning, kNote, kDetail, kStages };

  [[nodiscard]] Level level() const noexcept;
  [[nodiscard]] std::optional<ProgressStyle> progress_style() const;
  void write_stdout(const std::string& text);
  void print_line(const std::string& word, Tint tint, const std::string& text);

  bool is_json_ = false;
  bool is_quiet_ = false;
  int verbosity_ = 0;
  std::string log_level_;
  std::string progress_name_ = "auto";
  std::mutex mutex_;
  std::vector<std::string> notes_;
  std::vector<std::string> warnings_;
  JsonObject partial_result_;
  Progress progress_;
  ProgressView view_{progress_};
};

}  // namespace imgcrypt::cli
