// Man pages, made of the same tree of commands as --help.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace imgcrypt::cli {

// "imgcrypt-recipients-add": the page's name, without ".1".
[[nodiscard]] std::string man_page_name(const CLI::App& command);

// The page of a command, in the macros of man(7). A newline ends each line.
[[nodiscard]] std::string man_page(const CLI::App& command);

}  // namespace imgcrypt::cli
