#include "cli/terminal/output.hpp"

#include "base/process/fd.hpp"
#include "base/process/stdout_name.hpp"
#include "base/work_time.hpp"
#include "cli/json/error_result.hpp"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace imgcrypt::cli {
namespace {

// The numbers are those of Output::Level.
const std::map<std::string, int> kLevels = {
    {"error", 0}, {"warn", 1}, {"info", 2}, {"debug", 3}, {"trace", 4}};

bool is_short(std::string_view option) { return option.starts_with('-') && !option.starts_with("--"); }

// Milliseconds, cut off rather than rounded.
std::string seconds_text(std::chrono::duration<double> time) {
  const std::string digits = std::to_string(time.count());
  return digits.substr(0, digits.find('.') + 4) + " s";
}

// Where nobody knows a better cure.
Error with_cure(const Error& error) {
  if (error.code() != ErrorCode::kIntegrity || !error.hint().empty()) return error;
  return {error.code(), error.message(), "it was damaged or changed: take it again from an intact copy"};
}

}  // namespace

void write_stdout(const std::string& text) try {
  write_all(STDOUT_FILENO, as_bytes(text), "stdout");
} catch (const Error& error) {
  if (error.code() == ErrorCode::kCancelled) throw;
  throw Error(ErrorCode::kOther,
              "the result could not be printed: " + stdout_name() + error.message().substr(6), error.hint());
}

bool ask_for_json(std::span<const std::string> arguments) {
  std::string_view before;
  return std::ranges::any_of(arguments, [&](std::string_view argument) {
    // Short options can be joined, this one as the last: -qo json, -qojson.
    const bool is_value = before == "--output" || (is_short(before) && before.ends_with('o'));
    before = argument;
    return (is_value && argument == "json") || (is_short(argument) && argument.ends_with("ojson")) ||
           argument == "--output=json";
  });
}

void Output::add_to(CLI::App& app) {
  app.fallthrough();  // options of the program may also follow the command's name
  const std::string group = "Options for all commands";
  app.add_option_function<std::string>(
         "-o,--output", [this](const std::string& format) { is_json_ = format == "json"; },
         "format of stdout: text (the default), or json: one object, also for errors")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("text|json")
      ->group(group);
  CLI::Option* quiet =
      app.add_flag("-q,--quiet", is_quiet_, "print no notes and no progress, only warnings and errors")
          ->group(group);
  app.add_flag("-v,--verbose", verbosity_, "print more; -vv also prints how long each stage took")
      ->excludes(quiet)
      ->group(group);
  app.add_option("--log-level", log_level_,
                 "how much to print on stderr (default: info); -q means warn, -v debug, -vv trace")
      ->check(CLI::IsMember(kLevels))
      ->excludes(quiet)
      ->type_name("error|warn|info|debug|trace")
      ->group(group);
  app.add_option("--progress", progress_name_,
                 "progress on stderr: auto (the default: bars on a terminal, else plain), plain (lines), "
                 "json or none")
      ->check(CLI::IsMember({"auto", "plain", "json", "none"}))
      ->type_name("auto|plain|json|none")
      ->group(group);
}

Output::Level Output::level() const noexcept {
  if (is_quiet_) return Level::kWarning;
  // --log-level wins over -v: it was named, and excludes -q.
  const auto named = kLevels.find(log_level_);
  const int level = named != kLevels.end() ? named->second : static_cast<int>(Level::kNote) + verbosity_;
  return static_cast<Level>(std::min(level, static_cast<int>(Level::kStages)));
}

void Output::say(Importance importance, const std::string& text) {
  const std::scoped_lock lock(mutex_);
  switch (importance) {
    case Importance::kDetail:
      if (level() >= Level::kDetail) print_line("detail", Tint::kDim, text);
      return;
    // Kept whatever the level: -o json reports them also with -q.
    case Importance::kNote:
      notes_.push_back(text);
      if (level() >= Level::kNote) print_line("note", Tint::kDim, text);
      return;
    case Importance::kWarning:
      warnings_.push_back(text);
      if (level() >= Level::kWarning) print_line("warning", Tint::kYellow, text);
      return;
  }
}

void Output::trace(const std::string& text) {
  const std::scoped_lock lock(mutex_);
  print_line("debug", Tint::kDim, text);
}

Progress& Output::progress() {
  if (const auto style = progress_style()) view_.start(*style);
  return progress_;
}

std::optional<ProgressStyle> Output::progress_style() const {
  // What was asked for by name is shown whatever stderr is and whatever the level.
  if (progress_name_ == "json") return ProgressStyle::kJson;
  if (progress_name_ == "plain") return ProgressStyle::kLines;
  if (progress_name_ == "none" || level() < Level::kNote) return std::nullopt;
  // A dumb terminal, such as an editor's, would show the escape sequences of bars as text.
  const bool is_capable = ::isatty(STDERR_FILENO) == 1 && !is_dumb_terminal();
  return is_capable ? ProgressStyle::kBars : ProgressStyle::kLines;
}

void Output::print_text(const Text& lines) {
  if (!is_json_) write_result(encoded_for(result_fd_, Text(lines).end_line()));
}

void Output::print_document(ByteView document) {
  if (is_json_)
    throw Error(ErrorCode::kUsage, "this prints a document as it is, which -o json cannot hold",
                "leave out -o json");
  const std::string_view text = as_text(document);
  view_.stop();  // stdout may be the same terminal
  write_stdout(::isatty(STDOUT_FILENO) == 1 ? encoded_for(STDOUT_FILENO, Text::of_lines(text))
                                            : std::string(text));
}

void Output::print_json(JsonObject result) {
  if (!is_json_) return;
  const std::scoped_lock lock(mutex_);
  result.add("notes", JsonArray::of(notes_)).add("warnings", JsonArray::of(warnings_));
  write_result(std::move(result).text() += '\n');
}

// Results are printed last.
void Output::write_result(const std::string& text) try {
  view_.stop();  // stdout may be the same terminal
  if (result_fd_ != STDOUT_FILENO) return write_all(result_fd_, as_bytes(text), "stderr");
  write_stdout(text);
} catch (const Error& error) {
  if (error.code() == ErrorCode::kCancelled) throw;
  throw Error(error.code(), error.message(),
              "only the printing failed: what the command was to make, if anything, is there, whole");
}

void Output::finish() {
  view_.stop();
  // After the bars have gone, and after a failure too: a slow stage may be the reason.
  if (level() < Level::kStages) return;
  for (const StageTime& stage : progress_.stages()) {
    print_line("stage", Tint::kDim,
               stage.name + ": " + seconds_text(stage.wall) + ", processor time " + seconds_text(stage.cpu));
  }
  const auto times = work_times();
  for (std::size_t kind = 0; kind < kWorkKinds; ++kind) {
    if (times[kind].count() == 0) continue;  // the command did no such work
    print_line("work", Tint::kDim,
               std::string(name_of(static_cast<Work>(kind))) + ": " + seconds_text(times[kind]));
  }
}

void Output::print_result(const Text& lines, JsonObject result) {
  print_text(lines);
  print_json(std::move(result));
}

int Output::fail(const Error& failure) {
  const Error error = with_cure(failure);
  finish();  // the error is the last thing on the terminal
  {
    const std::scoped_lock lock(mutex_);
    // An error is bounded; shown with its escapes it could be several times as long.
    const Error shown(error.code(), visible(error.message()), visible(error.hint()));
    print_line("error", Tint::kRed, shown.message());
    if (!shown.hint().empty()) print_line("hint", Tint::kCyan, shown.hint());
  }
  try {
    print_json(std::move(partial_result_.add("error", error_result(error))));
  } catch (const Error&) {
    // The exit status still says that the command failed.
  }
  return exit_status(error);
}

void Output::take_format(std::span<const std::string> arguments) { is_json_ = ask_for_json(arguments); }

void Output::print_line(const std::string& word, Tint tint, const std::string& text) {
  const Style style = Style::of(STDERR_FILENO);
  view_.write((Text("imgcrypt: ") + style.paint(tint, word + ":") + " " + text).end_line());
}

}  // namespace imgcrypt::cli
