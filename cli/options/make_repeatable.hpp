// An option that can be given more than once, with exactly one value each time. CLI11 would give a vector
// option all that follows, up to the next dash, except what required arguments need: with an optional DST,
// `-k KEY REF DST` would make a key of REF. Used by the option structs of this folder and by commands.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace imgcrypt::cli {

// `type` is what --help shows for the value. Returns `option`.
inline CLI::Option* make_repeatable(CLI::Option* option, const std::string& type) {
  return option->take_all()->expected(1)->allow_extra_args(false)->type_name(type);
}

}  // namespace imgcrypt::cli
