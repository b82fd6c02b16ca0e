// The arguments that name images. One place says which references a command takes. The parser takes any text;
// Reference::parse checks it when the command runs, and throws kUsage with a hint.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace imgcrypt::cli {

// A required argument. `text` gets the reference as written, for Reference::parse; it must outlive the
// parsing.
inline void add_source_argument(CLI::App& command, const std::string& name, std::string& text,
                                const std::string& description) {
  command
      .add_option(
          name, text,
          description +
              ": oci:DIR[:TAG|:@N|@DIGEST], docker://HOST/REPO[:TAG|@DIGEST], oci-archive:FILE[:TAG], "
              "docker-archive:FILE[:NAME], dir:DIR, or - for an archive on stdin")
      ->required();
}

// What a command does without a DST: the parser refuses it, or the command replaces its source.
enum class IfMissing { kFail, kInPlace };

// DST. With kInPlace it can be left out; `text` then stays empty.
inline void add_destination_argument(CLI::App& command, std::string& text, IfMissing if_missing) {
  const bool is_required = if_missing == IfMissing::kFail;
  command
      .add_option("DST", text,
                  std::string("image to write: oci:DIR[:TAG], docker://HOST/REPO[:TAG], "
                              "oci-archive:FILE[:TAG], docker-archive:FILE[:NAME] if it is plain, "
                              "dir:DIR, or - for an archive on stdout") +
                      (is_required ? "" : " (default: replace REF)"))
      ->required(is_required);
}

}  // namespace imgcrypt::cli
