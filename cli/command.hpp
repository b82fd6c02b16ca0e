// What the commands of the command line share. A command registers itself with the parser and, when it is
// chosen, runs once; its result is the one thing that goes to stdout.
#pragma once

#include "image/decrypt.hpp"
#include "image/reporter.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace imgcrypt::cli {

// Notes as lines on stderr.
class StderrReporter final : public Reporter {
 public:
  void note(const std::string& text) override;
};

struct JobsOption {
  unsigned jobs = 0;  // 0: one for each core
  void add_to(CLI::App& command);
  [[nodiscard]] unsigned value() const;
};

void add_encrypt(CLI::App& app);
void add_decrypt(CLI::App& app);
void add_inspect(CLI::App& app);

// Reads the keys and asks for their passphrases. Throws kUsage, naming the key, for any that cannot be used.
[[nodiscard]] KeyUnwrappers read_keys(const std::vector<std::string>& keys, Reporter& reporter);

void print_line(const std::string& text);  // to stdout, all or throws

}  // namespace imgcrypt::cli
